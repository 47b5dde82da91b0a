package import Loop
package import Wire

/// One WebSocket connection, of a server or a client, on one loop.
///
/// Its life is `open → closing → finishing → closed`. While open it reads when the socket is readable,
/// answers pings, sends its own, and hands whole messages to its handler. What the handler sends in answer
/// is gathered in the loop's scratch memory and written by one call; an idle connection owns no buffer.
/// It ends once, by `close`, by the peer, by a broken rule or by a deadline, and then tells its handler.
package final class WebSocket: ReadinessHandler, TimerHandler, TurnEnder {
    enum Phase: UInt8 {
        case open
        /// Our close frame is on its way, the peer's is awaited.
        case closing
        /// Both sides have said all; what is queued goes out, then the peer's end of stream is awaited.
        case finishing
        case closed
    }

    private(set) var socket: Socket?
    let policy: TransportPolicy
    var decoder: WebSocketDecoder
    var outbound = Outbound()
    var handler: (any WebSocketHandler)?
    var closure: WebSocketClosure?
    private let watch: WatchToken
    /// Whom a server's connection counts for.
    private let host: PeerHost?
    var timer: TimerToken?
    var heardAt: Instant
    /// When the ping that is not answered yet went out; when the socket took the last byte while blocked.
    var waitingSince: Instant
    /// The window our compressed messages must fit, as agreed; 0 when the peer wants none.
    private let deflateBits: UInt8
    private let isClient: Bool
    private let isSecure: Bool
    /// What the loop was asked to tell of; nothing yet, whatever it was for the one before.
    private var told: Readiness?
    /// Bytes gathered in the loop's scratch memory during a turn of ours.
    private var gathered: Int32 = 0
    private(set) var phase = Phase.open
    private var gathers = false
    private(set) var isBlocked = false
    /// Something waits to be written that the handler may have found in its way; the handshake is the first.
    private var owesDrained = true
    private var isTellingDrained = false
    private var isReadingPaused = false
    /// Whoever takes the messages has enough of them for now.
    private(set) var isHeld = false
    private var isFlushPlanned = false
    var awaitsPong = false
    private var saidFinished = false
    /// The deadline that stands is the last.
    private(set) var isHurried = false

    /// Takes over a socket whose handshake is done and whose readiness `watch` tells to another handler.
    init(
        _ socket: consuming Socket, watch: WatchToken, role: WebSocketRole, deflate: PermessageDeflate?,
        policy: TransportPolicy, handler: any WebSocketHandler, host: PeerHost? = nil,
        on loop: isolated EventLoop
    ) {
        isSecure = socket.isSecure
        self.socket = consume socket
        self.watch = watch
        self.policy = policy
        self.handler = handler
        self.host = host
        policy.traffic.upgraded()
        decoder = WebSocketDecoder(role: role, limits: policy.values.webSocket, deflate: deflate)
        isClient = role == .client
        deflateBits = deflate.map { UInt8((role == .server ? $0.server : $0.client).windowBits) } ?? 0
        heardAt = loop.now
        waitingSince = loop.now
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

    /// Whether messages can be sent: not closing, and not broken.
    package var isOpen: Bool { phase == .open }

    /// Whether it has ended and given back all that it held.
    package var isOver: Bool { phase == .closed }

    /// Whether the socket has taken everything so far, so that more may be offered to it. When it has not,
    /// `drained` will be called.
    package var isDrained: Bool { !isBlocked && outbound.isEmpty }

    /// From what size on messages to this peer are compressed.
    package var compressionThreshold: Int { policy.values.compressionThreshold }

    /// Whether text may be sent to this peer compressed, in frames that do not refer to earlier ones.
    package var takesSharedDeflate: Bool { deflateBits == 15 }

    // MARK: Sending

    /// Sends a message. Lost silently when the connection is closing; queued when the socket takes no more.
    package func send(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, on loop: isolated EventLoop
    ) {
        guard phase == .open else { return }
        guard deflateBits != 0, payload.count >= policy.values.compressionThreshold,
            let deflater = sharedDeflater(on: loop)
        else { return unsafe frame(WebSocketOpcode(kind), payload, on: loop) }
        let key = maskingKey
        enqueue(on: loop) { unsafe deflater.appendFrame(kind, payload, key: key, to: &$0) }
    }

    private func sharedDeflater(on loop: isolated EventLoop) -> Deflater? {
        let threshold = policy.values.compressionThreshold
        return loop.belonging(SharedDeflaters.self) { SharedDeflaters(threshold: threshold) }
            .deflater(bits: deflateBits)
    }

    /// A fresh key for each frame of a client (RFC 6455, 5.3); a server masks nothing.
    private var maskingKey: UInt32? { isClient ? .random(in: .min ... .max) : nil }

    package func send(text: String, on loop: isolated EventLoop) {
        var text = text
        text.withUTF8 { unsafe send(.text, UnsafeRawBufferPointer($0), on: loop) }
    }

    /// Offers whole frames that were encoded elsewhere, to be written at once. Says how many bytes the socket
    /// took; when it is not all, `drained` will be called, and the rest of a frame that was cut must be queued.
    package func offer(_ frames: UnsafeRawBufferPointer, on loop: isolated EventLoop) -> Int {
        if gathered > 0 { writeGathered(on: loop) }
        guard phase == .open, isDrained else { return 0 }
        switch unsafe socket?.write(frames) ?? .ended {
        case .moved(let count):
            policy.traffic.sent(count)
            if count < frames.count { block(on: loop) }
            return unsafe count + keepCommitted(of: frames, after: count)
        case .blocked:
            block(on: loop)
            return unsafe keepCommitted(of: frames, after: 0)
        case .ended:
            break
        case .failed(let error):
            lose(error.description, on: loop)
        }
        return 0
    }

    /// What TLS has made a record of must go out, and first: whoever offered it may not change its mind.
    private func keepCommitted(of frames: UnsafeRawBufferPointer, after taken: Int) -> Int {
        guard taken < frames.count, let count = socket?.committed, count > 0 else { return 0 }
        unsafe outbound.append(UnsafeRawBufferPointer(rebasing: frames[taken..<taken + count]))
        return count
    }

    /// Queues bytes of frames that were encoded elsewhere.
    package func queue(_ frames: UnsafeRawBufferPointer, on loop: isolated EventLoop) {
        guard phase == .open, frames.count > 0 else { return }
        enqueue(on: loop) { unsafe $0.append(contentsOf: frames) }
    }

    func frame(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, on loop: isolated EventLoop
    ) {
        let key = maskingKey
        let size = WebSocketEncoder.frameSize(payload: payload.count, isMasked: key != nil)
        if gathers, outbound.isEmpty, size <= Scratch.size {
            if Int(gathered) + size > Scratch.size { writeGathered(on: loop) }
            if outbound.isEmpty, phase != .closed {
                let target = unsafe loop.scratch.outgoing.baseAddress! + Int(gathered)
                unsafe WebSocketEncoder.writeFrame(opcode, payload, key: key, to: target)
                gathered += Int32(size)
                return
            }
        }
        enqueue(on: loop) { unsafe WebSocketEncoder.append(opcode, payload, key: key, to: &$0) }
    }

    /// Queues bytes behind all that was sent. A peer that sends and does not read is no longer read from; one
    /// that already let too much wait is ended instead.
    private func enqueue(on loop: isolated EventLoop, _ build: (inout [UInt8]) -> Void) {
        if gathered > 0 { writeGathered(on: loop) }
        guard phase != .closed else { return }
        guard outbound.count <= policy.values.outboundBytes else {
            return abort(.notReading, .tryAgainLater, "Reads too slowly", on: loop)
        }
        outbound.append(build)
        owesDrained = true
        planFlush(on: loop)
        pauseReadingWhenFull(on: loop)
    }

    /// Runs `turn`, in which everything this connection sends is gathered, and writes it by one call.
    private func gather(on loop: isolated EventLoop, _ turn: () -> Void) {
        gathers = true
        turn()
        gathers = false
        if gathered > 0 { writeGathered(on: loop) }
    }

    private func writeGathered(on loop: isolated EventLoop) {
        let count = Int(gathered)
        gathered = 0
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: loop.scratch.outgoing[..<count])
        var taken = 0
        if !isBlocked {
            switch unsafe socket?.write(bytes) ?? .ended {
            case .moved(let count): taken = count
            case .blocked: break
            case .ended: return
            case .failed(let error): return lose(error.description, on: loop)
            }
        }
        policy.traffic.sent(taken)
        guard taken < count else { return }
        unsafe outbound.append(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
        block(on: loop)
        pauseReadingWhenFull(on: loop)
    }

    private func planFlush(on loop: isolated EventLoop) {
        guard !isFlushPlanned, !isBlocked else { return }
        isFlushPlanned = true
        if isTellingDrained { loop.atEndOfNextTurn(self) } else { loop.atEndOfTurn(self) }
    }

    package func turnEnds(on loop: isolated EventLoop) {
        isFlushPlanned = false
        flush(on: loop)
    }

    private func flush(on loop: isolated EventLoop) {
        guard phase != .closed else { return }
        if !outbound.isEmpty {
            let before = outbound.count
            let transfer = outbound.flush(to: socket!)
            if outbound.count < before { waitingSince = loop.now }
            policy.traffic.sent(before - outbound.count)
            switch transfer {
            case .moved: break
            case .blocked: return block(on: loop)
            case .ended: return
            case .failed(let error): return lose(error.description, on: loop)
            }
        }
        if isBlocked || isReadingPaused {
            isBlocked = false
            isReadingPaused = false
            tellInterest(on: loop)
            // The peer has heard the close only now.
            if phase == .closing { setTimer(loop.now + policy.values.closeHandshake, on: loop) }
        }
        tellDrained(on: loop)
        if phase == .finishing, outbound.isEmpty, !saidFinished {
            saidFinished = true
            socket!.finishWriting()
            setTimer(loop.now + policy.values.linger, on: loop)
        }
    }

    /// What the handler says now goes out at the end of the next turn, so that others have theirs in between.
    private func tellDrained(on loop: isolated EventLoop) {
        guard owesDrained, phase == .open else { return }
        owesDrained = false
        isTellingDrained = true
        handler?.drained(self, on: loop)
        isTellingDrained = false
    }

    /// The socket takes no more: be told when it does, and end the connection when that takes too long.
    private func block(on loop: isolated EventLoop) {
        guard !isBlocked, phase != .closed else { return }
        isBlocked = true
        owesDrained = true
        waitingSince = loop.now
        if phase == .open { setTimer(loop.now + policy.values.writeStalled, on: loop) }
        tellInterest(on: loop)
    }

    /// Of a server alone: were both ends to do so, each would wait for the other to read.
    private func pauseReadingWhenFull(on loop: isolated EventLoop) {
        guard !isClient else { return }
        guard outbound.count > policy.values.outboundHighWater, !isReadingPaused, phase == .open else {
            return
        }
        isReadingPaused = true
        tellInterest(on: loop)
    }

    private func tellInterest(on loop: isolated EventLoop) {
        // The end of the peer's side is news only to one who reads.
        var interest: Readiness = isReadingPaused || isHeld ? [] : [.readable, .peerFinished]
        if isBlocked || isReadingPaused { interest.insert(.writable) }
        interest = socket?.interest(interest) ?? interest
        guard interest != told else { return }
        told = interest
        loop.change(watch, to: interest)
    }

    /// Reads no more than it has, until `resumeReading`. The peer cannot be asked for a sign of life meanwhile.
    package func holdReading(on loop: isolated EventLoop) {
        guard !isHeld, phase == .open else { return }
        isHeld = true
        tellInterest(on: loop)
    }

    package func resumeReading(on loop: isolated EventLoop) {
        guard isHeld, phase != .closed else { return }
        isHeld = false
        heardAt = loop.now
        tellInterest(on: loop)
    }

    // MARK: Receiving

    package func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
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
                heardAt = loop.now
                awaitsPong = false
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
        do throws(WebSocketError) {
            while phase == .open || phase == .closing, let event = try unsafe decoder.next(&input) {
                switch unsafe event {
                case .message(let kind, let payload):
                    if phase == .open { unsafe handler?.received(kind, payload, from: self, on: loop) }
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
    }

    // MARK: Steps towards the end, taken in WebSocket+Ending.swift

    func beginClosing() { phase = .closing }

    /// Nothing more is said after what is queued; the peer's end of stream is awaited.
    func finish(on loop: isolated EventLoop) {
        guard phase == .open || phase == .closing else { return }
        phase = .finishing
        isReadingPaused = false
        isHeld = false
        setTimer(loop.now + policy.values.linger, on: loop)
        planFlush(on: loop)
    }

    /// Queues a close frame behind all that was sent.
    func queueClose(_ code: WebSocketCloseCode?, _ reason: String, on loop: isolated EventLoop) {
        let key = maskingKey
        enqueue(on: loop) { WebSocketEncoder.appendClose(code, reason: reason, key: key, to: &$0) }
    }

    /// Gives everything back and tells the handler. The last step, exactly once.
    func giveBack(_ closure: WebSocketClosure, on loop: isolated EventLoop) {
        guard phase != .closed else { return }
        phase = .closed
        gathered = 0
        outbound = Outbound()
        if let timer { loop.cancel(timer) }
        timer = nil
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

    func stopTheClock() { isHurried = true }

    func setTimer(_ deadline: Instant, on loop: isolated EventLoop) {
        guard !isHurried else { return }
        if let timer, loop.move(timer, to: deadline) { return }
        timer = loop.arm(self, at: deadline)
    }

    package func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        deadlineCame(on: loop)
    }
}
