import Loop
import Sessions
import Wire

/// One channel of a multiplexed socket, a session of its own: a reader with its place in the log of what is open
/// there. It ends by itself, or with its socket; the socket waits until all that it holds is given back.
final class LiveChannel: LogReader, SessionBody, SlowHeld {
    let number: UInt64
    let target: any LiveTarget
    private let path: String
    private var session: Session?
    private var receipt: Receipt?
    /// A task of ours is on its way to the log.
    private var isAttaching = false
    var cursor: Cursor?
    /// Whether it stands in line for its turn to say something.
    var isInLine = false
    private(set) var isOpen = true
    /// `{"channel":7,`
    private let opening: [UInt8]
    /// Which lets go of it when either of them ends.
    private let socket: LiveSocket

    init(_ number: UInt64, _ target: any LiveTarget, at path: String, of socket: LiveSocket) {
        self.number = number
        self.path = path
        self.target = target
        self.socket = socket
        opening = Array(#"{"channel":\#(number),"#.utf8)
    }

    /// Begins its session in the registry of the socket's loop, and to read.
    func open(
        in registry: Registry, for owner: SessionOwner?, after seq: UInt64?, on loop: isolated EventLoop
    ) {
        let session = registry.open(.channel, owner: owner, body: self, on: loop)
        self.session = session
        _ = session.opened(on: loop)
        attach(after: seq, on: loop)
    }

    private func attach(after seq: UInt64?, on loop: isolated EventLoop) {
        if let log = target.log, log.home === loop {
            log.log(on: loop).attach(self, after: seq, on: loop)
            socket.hasNews(self, on: loop)
        } else {
            attachElsewhere(after: seq, on: loop)
        }
    }

    private func attachElsewhere(after seq: UInt64?, on loop: isolated EventLoop) {
        isAttaching = true
        Task {
            do throws(HTTPError) {
                let log = try await target.log(on: loop)
                await log.attach(self, after: seq, on: loop)
                isAttaching = false
                if isOpen { socket.hasNews(self, on: loop) } else { leave(on: loop) }
            } catch {
                isAttaching = false
                end(.refused(status: Int(error.status.code), error.sentence), on: loop)
            }
            settle(on: loop)
        }
    }

    private func leave(on loop: isolated EventLoop) { cursor?.log.detach(self, on: loop) }

    /// All is given back when no task is on its way.
    private func settle(on loop: isolated EventLoop) {
        guard !isAttaching, let receipt else { return }
        self.receipt = nil
        receipt.given(on: loop)
    }

    func hear(_ log: Log, on loop: isolated EventLoop) { socket.hasNews(self, on: loop) }

    func end(_ ending: Ending, on loop: isolated EventLoop) { session?.end(ending, on: loop) }

    // MARK: The session

    var peer: String { "channel \(number) of \(socket.name): \(path)" }
    var holding: Holdings { [.subscription: cursor == nil ? 0 : 1, .task: isAttaching ? 1 : 0] }
    var patience: Duration { .seconds(5) }

    /// Nothing is taken from the log any more.
    func closing(_ ending: Ending, on loop: isolated EventLoop) {
        isOpen = false
        leave(on: loop)
        socket.channelEnds(self, ending, on: loop)
    }

    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        self.receipt = receipt
        settle(on: loop)
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        session = nil
        socket.channelClosed(on: loop)
    }

    // MARK: Its turn

    enum Turn {
        /// It has had as much as one turn allows; there may be more.
        case more
        case nothing
        case ended(Ending)
    }

    /// Adds what comes next as frames: about `budget` bytes, and at least one entry if there is one.
    func take(_ budget: Int, into pile: inout [UInt8], on loop: isolated EventLoop) -> Turn {
        guard cursor != nil else { return .nothing }
        switch cursor!.pending(atMost: budget, on: loop) {
        case .nothing: return .nothing
        case .slice(let slice):
            for entry in slice.entries { unsafe append(entry.payload, to: &pile) }
            cursor!.advance(through: slice.end - 1)
        case .gap(let from, let to):
            say(cursor!.log.gapMessage(from: from, to: to, at: .now), into: &pile)
            cursor!.skip()
        case .reset(let from):
            say(cursor!.log.resetMessage(from: from, at: .now), into: &pile)
            cursor!.skip()
        case .ended: return .ended(cursor!.log.ending ?? Ending(.completed))
        case .unreadable(let error): return .ended(.internalError(id: "\(error)"))
        }
        return .more
    }

    func say(_ message: [UInt8], into pile: inout [UInt8]) {
        unsafe message.withUnsafeBytes { unsafe append($0, to: &pile) }
    }

    /// A message with the channel's number before all else, as a frame.
    private func append(_ message: UnsafeRawBufferPointer, to pile: inout [UInt8]) {
        guard unsafe message.first == UInt8(ascii: "{") else { return }
        let size = opening.count + message.count - 1
        unsafe withUnsafeTemporaryAllocation(byteCount: 10, alignment: 1) { header in
            // A header takes at most 10 bytes where nothing is masked.
            let count = unsafe WebSocketEncoder.writeHeader(.text, payload: size, to: header.baseAddress!)
            unsafe pile.append(contentsOf: header[..<count])
        }
        pile += opening
        unsafe pile.append(contentsOf: message[1...])
    }
}
