import Loop
import Sessions
import Transport
import Wire

/// One reader of a log by Server-Sent Events: each entry with its number as `id`, its type as `event`, and the
/// whole live message as `data`. Lives as `LiveReader` does, and answers for its connection, of which it is the last
/// answer.
final class SSEReader: ResponseSource, ConnectionKeeper, LogReader, SessionBody, SlowHeld, TimerHandler {
    private enum Stage {
        case opening(LiveTicket)
        case open
        case closing(Receipt)
    }

    /// Proxies cut what is silent for longer; 15 s is what the HTML standard suggests.
    private static let keepAlive = Duration.seconds(15)
    /// As much is encoded at a time.
    private static let portion = 64 * 1024

    var cursor: Cursor?
    private let log: SharedLog
    private var session: Session?
    /// There until the answer is over.
    private var stream: ResponseStream?
    private var connection: Connection?
    private var stage: Stage
    private var timer: TimerToken?
    private var saidAt: Instant
    private var isPulling = false
    /// A task of ours is on its way to the log.
    private var isAttaching = false

    init(_ ticket: LiveTicket, at now: Instant) {
        log = ticket.log
        stage = .opening(ticket)
        saidAt = now
    }

    // MARK: The stream

    func opened(_ stream: ResponseStream, on loop: isolated EventLoop) {
        guard case .opening(let ticket) = stage else { return }
        stage = .open
        self.stream = stream
        guard ticket.session.reason == nil else { return refuse(on: loop) }
        connection = stream.connection
        stream.connection.hand(to: self)
        session = ticket.session
        ticket.session.become(.sse, owner: ticket.owner, body: self, for: ticket.asker, on: loop)
        timer = loop.arm(self, after: Self.keepAlive)
        say(SSEText.beginning(after: ticket.after), on: loop)
        attach(after: ticket.after, on: loop)
    }

    /// The server goes down: the connection ends with this answer.
    private func refuse(on loop: isolated EventLoop) {
        say(SSEText.event("end", LiveMessage.end(Ending(.serverShutdown))), on: loop)
        stream?.finish(on: loop)
    }

    private func attach(after seq: UInt64?, on loop: isolated EventLoop) {
        isAttaching = true
        Task {
            await log.attach(self, after: seq, on: loop)
            isAttaching = false
            guard stream != nil, session?.reason == nil else {
                leave(on: loop)
                return settle(on: loop)
            }
            pull(on: loop)
        }
    }

    func drained(_ stream: ResponseStream, on loop: isolated EventLoop) { pull(on: loop) }

    func ended(_ stream: ResponseStream, _ end: ResponseEnd, on loop: isolated EventLoop) {
        leave(on: loop)
        self.stream = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        session?.end(Ending(end), on: loop)
    }

    /// Its reason was that of the stream, which is over by now.
    func ended(_ end: ConnectionEnd, on loop: isolated EventLoop) { settle(on: loop) }

    func handlerEnded(on loop: isolated EventLoop) { settle(on: loop) }

    /// All is given back when the connection has ended and no task is on its way.
    private func settle(on loop: isolated EventLoop) {
        guard connection?.isOver ?? true, !isAttaching, case .closing(let receipt) = stage else { return }
        stage = .open
        receipt.given(on: loop)
    }

    /// A comment now and then, so that whoever carries the silence knows that it is meant.
    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        guard let stream else { return }
        if stream.isDrained, loop.now >= saidAt + Self.keepAlive {
            say(Array(": keep-alive\n\n".utf8), on: loop)
        }
        if self.stream != nil { self.timer = loop.arm(self, at: max(saidAt, loop.now) + Self.keepAlive) }
    }

    private func say(_ text: [UInt8], on loop: isolated EventLoop) {
        saidAt = loop.now
        unsafe text.withUnsafeBytes { unsafe stream?.write($0, on: loop) }
    }

    // MARK: The log

    func hear(_ log: Log, on loop: isolated EventLoop) { pull(on: loop) }

    /// Writing may find that all was taken, and ask for more from within.
    private func pull(on loop: isolated EventLoop) {
        guard !isPulling else { return }
        isPulling = true
        while let stream, stream.isDrained, cursor != nil, pullOnce(on: loop) {}
        isPulling = false
    }

    /// False when there is nothing more for now.
    private func pullOnce(on loop: isolated EventLoop) -> Bool {
        switch cursor!.pending(atMost: Self.portion, on: loop) {
        case .nothing: return false
        case .slice(let slice):
            var text: [UInt8] = []
            text.reserveCapacity(slice.byteCount * 5 / 4)
            for entry in slice.entries { SSEText.append(entry, to: &text) }
            cursor!.advance(past: slice)
            say(text, on: loop)
        case .gap(let from, let to):
            let message = cursor!.log.gapMessage(from: from, to: to, at: .now)
            cursor!.skip()
            say(SSEText.event("gap", message), on: loop)
        case .reset(let from):
            let message = cursor!.log.resetMessage(from: from, at: .now)
            cursor!.skip()
            say(SSEText.event("reset", message), on: loop)
        case .ended:
            session?.end(cursor!.log.ending ?? Ending(.completed), on: loop)
            return false
        case .unreadable(let error):
            session?.end(.internalError(id: "\(error)"), on: loop)
            return false
        }
        return true
    }

    private func leave(on loop: isolated EventLoop) { cursor?.log.detach(self, on: loop) }

    // MARK: The session

    var peer: String { connection?.peer.host ?? "" }

    var holding: Holdings {
        var holdings = connection?.holding ?? .none
        if timer != nil { holdings += [.timer: 1] }
        if cursor != nil { holdings += [.subscription: 1] }
        if isAttaching { holdings += [.task: 1] }
        return holdings
    }

    var patience: Duration { connection?.longestEnd ?? .zero }

    func closing(_ ending: Ending, on loop: isolated EventLoop) {
        leave(on: loop)
        guard let stream else { return }
        // Who has lost the right to be here is not waited for.
        if !stream.isDrained, ending.reason == .signedOut || ending.reason == .replaced {
            return stream.abort(ending.closeText, on: loop)
        }
        say(SSEText.event("end", LiveMessage.end(ending)), on: loop)
    }

    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        stage = .closing(receipt)
        stream?.finish(on: loop)
        settle(on: loop)
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        session = nil
        connection = nil
    }
}
