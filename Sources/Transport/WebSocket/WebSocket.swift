package import Loop
import Wire

/// One WebSocket connection, of a server or a client, on one loop.
///
/// Its life is `open → closing → finishing → leaving → closed`. While open it reads when the socket is readable,
/// answers pings, sends its own, and hands whole messages to its handler. What the handler sends in answer
/// is gathered in the loop's scratch memory and written by one call; an idle connection owns no buffer.
/// It ends once, by `close`, by the peer, by a broken rule or by a deadline, and then tells its handler.
package final class WebSocket: ReadinessHandler, TimerHandler, TurnEnder {
    enum Phase: UInt8 {
        case open
        /// Our close frame is on its way, the peer's is awaited.
        case closing
        /// Both sides have said all; what is queued goes out.
        case finishing
        /// The peer was told that nothing more comes; its end of stream is awaited.
        case leaving
        case closed
    }

    // There are many of these at rest, so the order of what follows leaves no gaps: 152 bytes in all.
    var socket: Socket?
    let policy: TransportPolicy
    var decoder: WebSocketDecoder
    var phase = Phase.open
    /// The window our compressed messages must fit, as agreed; 0 when the peer wants none.
    let deflateBits: UInt8
    /// What the loop was asked to tell of, as the bits of `Readiness`; nothing yet, whatever it was before.
    var told: UInt16 = 0
    var outbound = Outbound()
    /// Bytes gathered in the loop's scratch memory during a turn of ours.
    var gathered = notGathering
    var handler: (any WebSocketHandler)?
    var closure: WebSocketClosure?
    /// Whom a server's connection counts for.
    private let host: PeerHost?
    let watch: WatchToken
    private var timer = TimerToken.none
    /// When the peer was heard last or, while it is blocked, when its socket took something last.
    var movedAt: Instant { didSet { silence.broken() } }
    var isBlocked = false
    /// Something waits to be written that the handler may have found in its way; the handshake is the first.
    var owesDrained = true
    var isTellingDrained = false
    var isReadingPaused = false
    /// Whoever takes the messages has enough of them for now.
    var isHeld = false
    var isFlushPlanned = false
    var silence = Silence()
    /// The deadline that stands is the last.
    var isHurried = false

    static let notGathering: Int32 = -1

    /// Takes over a socket whose handshake is done and whose readiness `watch` tells to another handler.
    init(
        _ socket: consuming Socket, watch: WatchToken, role: WebSocketRole, deflate: PermessageDeflate?,
        policy: TransportPolicy, limits: WebSocketLimits? = nil, handler: any WebSocketHandler,
        host: PeerHost? = nil, on loop: isolated EventLoop
    ) {
        self.socket = consume socket
        self.watch = watch
        self.policy = policy
        self.handler = handler
        self.host = host
        policy.traffic.upgraded()
        decoder = WebSocketDecoder(
            role: role, limits: limits ?? policy.values.webSocket, deflate: deflate)
        deflateBits = deflate.map { UInt8((role == .server ? $0.server : $0.client).windowBits) } ?? 0
        movedAt = loop.now
    }

    /// Begins: `handshake` goes out, the handler may speak, and `received` are bytes that came early.
    func start(
        after handshake: [UInt8], received: UnsafeMutableRawBufferPointer, on loop: isolated EventLoop
    ) {
        unsafe handshake.withUnsafeBytes { unsafe outbound.append($0) }
        planFlush(on: loop)
        loop.hand(watch, to: self)
        tellInterest(on: loop)
        timer = loop.arm(self, at: loop.now + policy.values.ping)
        gather(on: loop) {
            handler?.opened(self, on: loop)
            unsafe decode(received, on: loop)
        }
    }

    /// The peer's address, without its port; empty for a client's socket.
    package var peer: String { host?.name ?? "" }

    var isClient: Bool { decoder.isClient }

    /// Whether messages can be sent: not closing, and not broken.
    package var isOpen: Bool { phase == .open }

    /// Something is going to be sent soon, perhaps.
    package func prefetch() { Loop.prefetch(self, bytes: 152) }

    /// Whether it has ended and given back all that it held.
    package var isOver: Bool { phase == .closed }

    // MARK: Receiving

    package func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        let isSecure = socket?.isSecure ?? false
        // Under TLS reading may have waited for the socket to take something, and the other way round.
        if readiness.contains(.writable) || isSecure && isBlocked { flush(on: loop) }
        if phase != .closed, isSecure || !readiness.subtracting(.writable).isEmpty {
            // A connection that broke cannot be told to be quiet, held or not.
            if !isHeld || !readiness.isDisjoint(with: [.hungUp, .failed]) { receive(on: loop) }
        }
        if isSecure, phase != .closed { tellInterest(on: loop) }
    }

    private func receive(on loop: isolated EventLoop) {
        repeat {
            let buffer = unsafe loop.scratch.incoming
            switch unsafe socket?.read(into: buffer) ?? .ended {
            case .moved(let count):
                policy.traffic.received(count)
                gather(on: loop) {
                    unsafe decode(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), on: loop)
                }
            case .blocked: return
            case .ended: return peerFinished(on: loop)
            case .failed(let error): return lose(error.description, on: loop)
            }
        } while phase != .closed && !isReadingPaused && !isHeld && (socket?.hasBuffered ?? false)
    }

    private func decode(_ bytes: UnsafeMutableRawBufferPointer, on loop: isolated EventLoop) {
        var input = unsafe bytes
        // It stays until the connection is over, and is not asked for with each message.
        guard let handler else { return }
        var isHeard = false
        do throws(WebSocketError) {
            while phase == .open || phase == .closing, let event = try unsafe decoder.next(&input) {
                isHeard = true
                switch unsafe event {
                case .message(let kind, let payload):
                    if phase == .open { unsafe handler.received(kind, payload, from: self, on: loop) }
                case .ping(let payload):
                    if phase == .open { unsafe frame(.pong, payload, on: loop) }
                case .pong: break
                case .close(let code, let reason):
                    unsafe peerClosed(code, String(decoding: reason, as: UTF8.self), on: loop)
                }
            }
        } catch {
            violated(error, on: loop)
        }
        if isHeard { heard(on: loop) }
    }

    /// The peer is there: it said something whole, or goes on with something long.
    func heard(on loop: isolated EventLoop) {
        if !isBlocked { movedAt = loop.now }
        silence.awaitsAnswer = false
    }

    // MARK: Steps towards the end, taken in WebSocket+Ending.swift

    /// Nothing more is said after what is queued; the peer's end of stream is awaited.
    func finish(on loop: isolated EventLoop) {
        guard phase == .open || phase == .closing else { return }
        phase = .finishing
        isReadingPaused = false
        isHeld = false
        setTimer(loop.now + policy.values.linger, on: loop)
        if isBlocked { boundTheEnd(on: loop) }
        planFlush(on: loop)
    }

    /// Gives everything back and tells the handler. The last step, exactly once.
    func giveBack(_ closure: WebSocketClosure, on loop: isolated EventLoop) {
        guard phase != .closed else { return }
        phase = .closed
        if gathered > 0 { gathered = 0 }
        outbound = Outbound()
        loop.cancel(timer)
        if let socket = socket.take() {
            loop.unwatch(watch)
            socket.close()
            host?.leave()
            policy.traffic.webSocketClosed()
        }
        let owner = handler.take()
        owner?.ended(self, self.closure ?? closure, on: loop)
    }

    /// Writes what it can of a last word, since nothing will be waited for.
    func flushOnce() {
        guard !isBlocked, !outbound.isEmpty else { return }
        _ = outbound.flush(to: socket!)
    }

    func setTimer(_ deadline: Instant, on loop: isolated EventLoop) {
        guard !isHurried else { return }
        if loop.move(timer, to: deadline) { return }
        timer = loop.arm(self, at: deadline)
    }

    package func due(_ timer: TimerToken, on loop: isolated EventLoop) { deadlineCame(on: loop) }
}
