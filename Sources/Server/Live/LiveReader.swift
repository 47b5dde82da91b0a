import Loop
import Sessions
import Transport
import Wire

/// One WebSocket that reads one log, of a feed or of a task: its session, its place in the log, and nothing more,
/// since there are many of them and most are at rest.
///
/// It pulls what it has not had, straight from the log's memory, whenever something was said and its socket
/// takes more. It ends once: with the log, with its session, or with its peer; an ending of ours is its last
/// message and then its close frame.
final class LiveReader: WebSocketHandler, LogReader, SessionBody, SlowHeld {
    private enum Stage {
        case opening(LiveTicket)
        /// A task of ours is on its way to a log of another loop.
        case attaching(Session)
        case open(Session)
        /// The socket says goodbye while the task is still out.
        case leaving(Receipt)
        /// The socket says goodbye; then the session has it back.
        case closing(Receipt)
        case over
    }

    // The order leaves no gap: 56 bytes in all.
    var cursor: Cursor?
    private var smallTalk = SmallTalk()
    private var stage: Stage
    private var socket: WebSocket?

    init(_ ticket: LiveTicket) { stage = .opening(ticket) }

    // MARK: The socket

    func opened(_ socket: WebSocket, on loop: isolated EventLoop) {
        guard case .opening(let ticket) = stage else { return }
        stage = .open(ticket.session)
        self.socket = socket
        ticket.session.become(.websocket, owner: ticket.owner, body: self, for: ticket.asker, on: loop)
        let deflater =
            socket.takesSharedDeflate ? FeedDeflater.shared(from: socket.compressionThreshold, on: loop) : nil
        let log = ticket.log
        if log.home === loop {
            log.log(on: loop).attach(self, after: ticket.after, deflatedBy: deflater, on: loop)
            pull(on: loop)
        } else {
            stage = .attaching(ticket.session)
            attach(to: log, after: ticket.after, deflatedBy: deflater, on: loop)
        }
    }

    private func attach(
        to log: SharedLog, after seq: UInt64?, deflatedBy deflater: Deflater?, on loop: isolated EventLoop
    ) {
        Task {
            await log.attach(self, after: seq, deflatedBy: deflater, on: loop)
            attached()
            guard let socket, socket.isOpen else {
                leave(on: loop)
                return settle(on: loop)
            }
            pull(on: loop)
        }
    }

    private func attached() {
        switch stage {
        case .attaching(let session): stage = .open(session)
        case .leaving(let receipt): stage = .closing(receipt)
        case .opening, .open, .closing, .over: break
        }
    }

    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {
        switch unsafe smallTalk.hear(kind, payload, at: loop.now) {
        case .nothing: break
        case .pong: unsafe LiveMessage.pong().withUnsafeBytes { unsafe socket.send(.text, $0, on: loop) }
        case .tooMuch: session?.end(Ending(.policyViolation, "Too many messages"), on: loop)
        }
    }

    func drained(_ socket: WebSocket, on loop: isolated EventLoop) { pull(on: loop) }

    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {
        leave(on: loop)
        session?.end(Ending(closure), on: loop)
        settle(on: loop)
    }

    /// All is given back when the socket is gone and no task is on its way.
    private func settle(on loop: isolated EventLoop) {
        guard isSocketOver, case .closing(let receipt) = stage else { return }
        stage = .over
        receipt.given(on: loop)
    }

    // MARK: The log

    func willHear() { socket?.prefetch() }

    func hear(_ log: Log, on loop: isolated EventLoop) { pull(on: loop) }

    /// Hands the socket what it takes. Each branch but the slice's is rare.
    private func pull(on loop: isolated EventLoop) {
        while let socket, cursor != nil, socket.isOpen {
            guard socket.isDrained else { return }
            switch cursor!.pending(on: loop) {
            case .slice(let slice):
                let taken = unsafe socket.offer(slice.bytes, on: loop)
                // The socket may have found its peer gone.
                guard cursor != nil else { return }
                let rest = unsafe cursor!.advance(past: slice, taken: taken)
                unsafe socket.queue(rest, on: loop)
                if taken < slice.byteCount { return }
            case .nothing: return
            case .gap(let from, let to):
                say(cursor!.log.gapMessage(from: from, to: to, at: .now), to: socket, on: loop)
                cursor?.skip()
            case .reset(let from):
                say(cursor!.log.resetMessage(from: from, at: .now), to: socket, on: loop)
                cursor?.skip()
            case .ended:
                session?.end(cursor!.log.ending ?? Ending(.completed), on: loop)
                return
            case .unreadable(let error):
                session?.end(.internalError(id: "\(error)"), on: loop)
                return
            }
        }
    }

    private func say(_ message: [UInt8], to socket: WebSocket, on loop: isolated EventLoop) {
        unsafe message.withUnsafeBytes { unsafe socket.send(.text, $0, on: loop) }
    }

    private func leave(on loop: isolated EventLoop) { cursor?.log.detach(self, on: loop) }

    // MARK: The session

    var peer: String { socket?.peer ?? "" }

    var holding: Holdings {
        var holdings: Holdings = [.subscription: cursor == nil ? 0 : 1, .task: isAttaching ? 1 : 0]
        if !isSocketOver { holdings += [.descriptor: 1, .watch: 1, .timer: 1] }
        return holdings
    }

    var patience: Duration { socket?.longestEnd ?? .zero }

    func closing(_ ending: Ending, on loop: isolated EventLoop) {
        leave(on: loop)
        socket?.end(ending, on: loop)
    }

    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        stage = isAttaching ? .leaving(receipt) : .closing(receipt)
        settle(on: loop)
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        stage = .over
        socket = nil
    }

    private var isSocketOver: Bool { socket?.isOver ?? true }

    private var isAttaching: Bool {
        switch stage {
        case .attaching, .leaving: true
        case .opening, .open, .closing, .over: false
        }
    }

    /// There for as long as it can be ended.
    private var session: Session? {
        switch stage {
        case .attaching(let session), .open(let session): session
        case .opening, .leaving, .closing, .over: nil
        }
    }
}
