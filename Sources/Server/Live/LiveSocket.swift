import Loop
import Sessions
import Transport
import Wire

/// Many live endpoints over one WebSocket, each on a channel of its own (DESIGN.md, "What travels").
///
/// Every channel is a session, with its own place in its log and its own ending. Nothing is taken from the logs
/// while the socket is full; when it takes more, the channels that have news come to their turns one after the
/// other, each with a budget, so a busy one keeps no other from its turn. The connection ends once, and its
/// channels before it.
final class LiveSocket: WebSocketHandler, SessionBody, SlowHeld, TurnEnder {
    /// What one channel may say in one turn, and all of them in one write.
    static let channelBudget = 16 * 1024
    static let writeBudget = 128 * 1024

    let sources: [any LiveSource]
    let caller: Caller
    private let asker: String
    let mostChannels: Int
    let session: Session
    private(set) var socket: WebSocket?
    private var receipt: Receipt?
    var channels: [UInt64: LiveChannel] = [:]
    /// Channels that have ended and have not given everything back.
    private(set) var endingChannels = 0
    private var line: [LiveChannel] = []
    private var isTurnPlanned = false
    /// Tasks of ours that are on their way to other loops.
    private var tasks = 0
    let sendings = LiveSendings()
    var errors = SmallTalk()

    init(
        _ sources: [any LiveSource], caller: Caller, asker: String, session: Session, mostChannels: Int
    ) {
        self.sources = sources
        self.caller = caller
        self.asker = asker
        self.session = session
        self.mostChannels = mostChannels
    }

    // MARK: The socket

    func opened(_ socket: WebSocket, on loop: isolated EventLoop) {
        self.socket = socket
        session.become(.websocket, owner: caller.owner, body: self, for: asker, on: loop)
    }

    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {
        unsafe perform(kind, Array(payload), on: loop)
    }

    func drained(_ socket: WebSocket, on loop: isolated EventLoop) { pump(on: loop) }

    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {
        session.end(Ending(closure), on: loop)
        settle(on: loop)
    }

    func holdReading(on loop: isolated EventLoop) { socket?.holdReading(on: loop) }
    func resumeReading(on loop: isolated EventLoop) { socket?.resumeReading(on: loop) }

    func taskBegan() { tasks += 1 }

    func taskEnded(on loop: isolated EventLoop) {
        tasks -= 1
        settle(on: loop)
    }

    /// All is given back when the socket is gone, every channel has given back its own, and no task is on its way.
    private func settle(on loop: isolated EventLoop) {
        guard isSocketOver, tasks == 0, endingChannels == 0, let receipt else { return }
        self.receipt = nil
        receipt.given(on: loop)
    }

    /// Says a message that belongs to no log.
    func say(_ message: [UInt8], on loop: isolated EventLoop) {
        unsafe message.withUnsafeBytes { unsafe socket?.send(.text, $0, on: loop) }
    }

    func end(_ ending: Ending, on loop: isolated EventLoop) { session.end(ending, on: loop) }

    // MARK: Turns

    /// The channel gets its turn when this turn of the loop ends.
    func hasNews(_ channel: LiveChannel, on loop: isolated EventLoop) {
        guard channel.isOpen, !channel.isInLine else { return }
        channel.isInLine = true
        line.append(channel)
        planTurn(on: loop)
    }

    private func planTurn(on loop: isolated EventLoop) {
        guard !isTurnPlanned else { return }
        isTurnPlanned = true
        loop.atEndOfTurn(self)
    }

    func turnEnds(on loop: isolated EventLoop) {
        isTurnPlanned = false
        pump(on: loop)
    }

    /// Goes round the line while the socket takes it.
    private func pump(on loop: isolated EventLoop) {
        while let socket, socket.isOpen, !line.isEmpty {
            guard socket.isDrained else { return }
            let pile = loop.belonging(LivePile.self) { LivePile() }
            pile.bytes.removeAll(keepingCapacity: pile.bytes.capacity <= LivePile.mostKept)
            goRound(into: &pile.bytes, on: loop)
            guard !pile.bytes.isEmpty else { return }
            unsafe pile.bytes.withUnsafeBytes { bytes in
                let taken = unsafe socket.offer(bytes, on: loop)
                unsafe socket.queue(UnsafeRawBufferPointer(rebasing: bytes[taken...]), on: loop)
            }
        }
    }

    /// Lets the channels of the line have their turns, in order, until enough was said for one write.
    private func goRound(into pile: inout [UInt8], on loop: isolated EventLoop) {
        var next = 0
        while next < line.count, pile.count < Self.writeBudget {
            let channel = line[next]
            next += 1
            channel.isInLine = false
            guard channel.isOpen else { continue }
            switch channel.take(Self.channelBudget, into: &pile, on: loop) {
            case .more:
                channel.isInLine = true
                line.append(channel)
            case .nothing: break
            case .ended(let ending):
                channel.say(LiveMessage.message("closed", LiveMessage.endData(ending)), into: &pile)
                close(channel, ending, on: loop)
            }
        }
        line.removeFirst(next)
    }

    // MARK: The ends of channels

    /// Ends a channel whose peer is told by the caller.
    func close(_ channel: LiveChannel, _ ending: Ending, on loop: isolated EventLoop) {
        channels[channel.number] = nil
        channel.end(ending, on: loop)
    }

    /// The connection's own ending is told for all of them.
    private func closeChannels(_ ending: Ending, on loop: isolated EventLoop) {
        let all = channels.values
        channels = [:]
        line = []
        for channel in all { channel.end(ending, on: loop) }
        sendings.cancel()
    }

    /// Its peer is told where nobody else does: when its session was ended by itself.
    func channelEnds(_ channel: LiveChannel, _ ending: Ending, on loop: isolated EventLoop) {
        endingChannels += 1
        guard channels[channel.number] === channel else { return }
        channels[channel.number] = nil
        sayClosed(channel.number, ending, on: loop)
    }

    func channelClosed(on loop: isolated EventLoop) {
        endingChannels -= 1
        settle(on: loop)
    }

    // MARK: The session

    /// What its channels call it.
    var name: String { session.id.description }

    var peer: String { socket?.peer ?? "" }

    var holding: Holdings {
        var holdings: Holdings = [.task: tasks]
        if !isSocketOver { holdings += [.descriptor: 1, .watch: 1, .timer: 1] }
        return holdings
    }

    var patience: Duration { socket?.longestEnd ?? .zero }

    func closing(_ ending: Ending, on loop: isolated EventLoop) {
        closeChannels(ending, on: loop)
        socket?.end(ending, on: loop)
    }

    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        self.receipt = receipt
        settle(on: loop)
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) { socket = nil }

    private var isSocketOver: Bool { socket?.isOver ?? true }
}

/// Where the multiplexed sockets of one loop build what they write, one after the other.
private final class LivePile {
    static let mostKept = 256 * 1024
    var bytes: [UInt8] = []
}
