import Loop
import Wire

/// One HTTP/1.1 connection of a server, on one loop, until it ends or becomes a WebSocket.
///
/// Its life is `waiting → handling → answering → waiting …→ lingering → closed`. While it waits, one deadline
/// bounds the head and one the idleness; while a request is handled, a task runs that it owns and that it
/// cancels when the peer is gone. Requests that come early wait, unread, until the one before is answered.
final class HTTPConnection: ReadinessHandler, TimerHandler {
    enum Phase {
        /// For a request, or the rest of its head.
        case waiting
        /// A task makes the answer.
        case handling
        /// The answer is being written.
        case answering
        /// A source goes on writing the answer.
        case streaming
        /// Everything is said; the peer's end is awaited, so that no reset eats the last answer.
        case lingering
        case closed
    }

    let policy: TransportPolicy
    let service: any RequestHandler
    let acceptor: Acceptor
    let peer: SocketAddress
    let host: PeerHost
    var socket: Socket?
    var watch: WatchToken?
    private var timer: TimerToken?
    /// When the phase will have lasted too long.
    private var limit = Instant.distantFuture
    /// What the loop was asked to tell of.
    private var told = Readiness.readable
    var parser: HTTPRequestParser
    var outbound = Outbound()
    var phase = Phase.waiting
    /// Bytes that came before they were wanted: of the next request, or of a WebSocket.
    var early: [UInt8] = []
    var exchange: CurrentExchange?
    var keeper: (any ConnectionKeeper)?
    /// Why it will end, once that is known.
    var verdict: ConnectionEnd?
    /// Handlers at work; one that was given up may still be, and the next may begin before the last returns.
    private(set) var handlers = 0
    private(set) var isReadingPaused = false
    private(set) var isBlocked = false
    var takenAt: Instant { didSet { silence.broken() } }
    /// From when its peer has its time for taking something once more.
    private var excusedAt: Instant
    private var silence = Silence()
    var isFirst = true
    /// No further request is taken: the server is going down, or the peer has finished.
    var isLast = false
    /// Received bytes are being taken; what is said meanwhile is written when they have been.
    private(set) var isTaking = false
    private var isFlushDue = false
    /// All that the peer said has been read.
    private(set) var peerHasFinished = false
    /// It is known that the peer will say no more than what can be read by now.
    private var knowsOfEnd = false

    init(
        _ socket: consuming Socket, peer: SocketAddress, host: PeerHost, acceptor: Acceptor,
        policy: TransportPolicy, service: any RequestHandler, on loop: isolated EventLoop
    ) {
        self.socket = consume socket
        self.peer = peer
        self.host = host
        self.acceptor = acceptor
        self.policy = policy
        self.service = service
        parser = HTTPRequestParser(limits: policy.values.http)
        takenAt = loop.now
        excusedAt = loop.now
    }

    /// Begins to read. When the kernel cannot watch one more, the connection is closed.
    func start(on loop: isolated EventLoop) {
        watch = try? socket!.watch(for: [.readable], telling: self, on: loop)
        guard watch != nil else { return giveBack(.failed("The kernel can watch no more"), on: loop) }
        setTimer(loop.now + (isSecure ? policy.values.tlsHandshake : policy.values.requestHead), on: loop)
    }

    var isSecure: Bool { socket?.isSecure ?? false }
    var isDrained: Bool { outbound.isEmpty && !isBlocked }
    var hasTimer: Bool { timer != nil }

    // MARK: Reading

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        // Under TLS reading may have waited for the socket to take something, and the other way round.
        let isForBoth = isSecure && !readiness.isDisjoint(with: [.readable, .writable])
        if isBlocked, isForBoth || readiness.contains(.writable) { flush(on: loop) }
        guard phase != .closed else { return }
        // One that waits may have said something before, which is read where it is read from at all.
        if !readiness.isDisjoint(with: [.hungUp, .failed]), phase != .waiting || isReadingPaused {
            return peerVanished(on: loop)
        }
        if isForBoth || !readiness.isDisjoint(with: [.readable, .hungUp, .failed]), !isReadingPaused {
            receive(on: loop)
        } else if readiness.contains(.peerFinished) {
            endIsAhead(on: loop)
        }
        if isSecure { tellInterest(on: loop) }
    }

    func receive(on loop: isolated EventLoop) {
        repeat {
            let buffer = unsafe loop.scratch.incoming
            switch unsafe socket!.read(into: buffer) {
            case .moved(let count):
                policy.traffic.received(count)
                unsafe take(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), on: loop)
            case .blocked: return
            case .ended: return endOfStream(on: loop)
            case .failed(let error): return giveBack(.lost(error.description), on: loop)
            }
        } while phase != .closed && !isReadingPaused && (socket?.hasBuffered ?? false)
    }

    /// Takes what came, as far as it is wanted now; the rest waits in `early`, and reading pauses. Requests that
    /// came together and are answered at once are answered by one write.
    func take(_ bytes: UnsafeMutableRawBufferPointer, on loop: isolated EventLoop) {
        guard phase != .lingering else { return }
        guard early.isEmpty else {
            unsafe early.append(contentsOf: bytes)
            return pauseReading(on: loop)
        }
        var rest = unsafe bytes
        isTaking = true
        repeat {
            let used = unsafe parse(rest, on: loop)
            unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[used...])
            let following = unsafe rest
            if exchange?.head.upgradesToWebSocket ?? false { unsafe keep(&rest, on: loop) }
            handle(on: loop)
            if phase == .waiting, !early.isEmpty {
                // It became no WebSocket: what follows is the next request.
                early = []
                unsafe rest = following
                resumeReading(on: loop)
            }
        } while phase == .waiting && rest.count > 0 && outbound.count <= policy.values.outboundHighWater
        isTaking = false
        if phase == .closed || socket == nil { return }
        unsafe keep(&rest, on: loop)
        if isFlushDue { flush(on: loop) }
        // The first request is waited for as long as ever, whatever empty lines come before it.
        if phase == .waiting, parser.isIdle, !isFirst {
            setTimer(loop.now + policy.values.keepAliveIdle, on: loop)
        }
    }

    /// What comes behind a request that is not answered yet.
    private func keep(_ rest: inout UnsafeMutableRawBufferPointer, on loop: isolated EventLoop) {
        guard rest.count > 0 else { return }
        unsafe early.append(contentsOf: rest)
        unsafe rest = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        pauseReading(on: loop)
    }

    /// Goes on with what came early, once it is wanted.
    func takeEarly(on loop: isolated EventLoop) {
        resumeReading(on: loop)
        // A body that was full may be at its end, which the parser says without another byte.
        guard !early.isEmpty || (exchange?.wantsBody ?? false) else { return }
        var bytes: [UInt8] = []
        swap(&bytes, &early)
        unsafe bytes.withUnsafeMutableBytes { unsafe take($0, on: loop) }
    }

    /// Up to the end of a request. How many bytes were used: all, but those that follow it.
    private func parse(_ bytes: UnsafeMutableRawBufferPointer, on loop: isolated EventLoop) -> Int {
        var offset = 0
        do throws(HTTPError) {
            while phase == .waiting || (exchange?.wantsBody ?? false) {
                // The bytes are not changed while the parser looks at them.
                let all = UnsafeRawBufferPointer(bytes)
                let event = try unsafe parser.next(Span(_bytes: all.bytes), from: &offset)
                guard let event else { break }
                switch event {
                case .head(let head): begin(head, on: loop)
                case .body(let range):
                    unsafe exchange?.body.arrived(UnsafeRawBufferPointer(rebasing: all[range]), on: loop)
                case .end: exchange?.body.arrivedWhole(on: loop)
                }
            }
            afterParsing(on: loop)
        } catch {
            refuse(error, on: loop)
            return bytes.count
        }
        return offset
    }

    private func afterParsing(on loop: isolated EventLoop) {
        if let exchange, !exchange.body.isComplete, !exchange.body.isFull {
            exchange.awaitBody(from: loop.now)
            setTimer(min(loop.now + policy.values.requestBodyIdle, bodyLimit), on: loop)
        } else if let body = exchange?.body, body.isFull {
            // From here on it is the handler that is waited for.
            exchange?.isBodyHeld = true
            setTimer(loop.now + policy.values.request, on: loop)
            if !body.isComplete { pauseReading(on: loop) }
        } else if phase == .handling {
            setTimer(loop.now + policy.values.request, on: loop)
        } else if phase == .waiting, !parser.isIdle, isFirst == false {
            // The first head's deadline counts from the opening; a later one's from its first byte.
            isFirst = true
            setTimer(loop.now + policy.values.requestHead, on: loop)
        }
    }

    /// When the body that has come so far is too slow: bytes that trickle put the end off by no more than they
    /// would take at 4 KiB a second.
    private var bodyLimit: Instant {
        guard let exchange else { return .distantFuture }
        let allowance = Duration.milliseconds((exchange.body.received - exchange.receivedBefore) / 4)
        return exchange.bodyAwaitedFrom + policy.values.requestBodyIdle + allowance
    }

    // MARK: Writing

    /// Writes what is queued, as far as the socket takes it; at the end of `take`, when that is under way.
    func flush(on loop: isolated EventLoop) {
        guard phase != .closed, socket != nil else { return }
        if isTaking, outbound.count <= policy.values.outboundHighWater {
            isFlushDue = true
            // An answer that is queued whole is as good as written where the connection goes on.
            if phase == .answering, let exchange, exchange.writer == nil, exchange.keepsAlive, !isLast {
                completed(on: loop)
            }
            return
        }
        isFlushDue = false
        if !outbound.isEmpty {
            let before = outbound.count
            let transfer = outbound.flush(to: socket!)
            let written = before - outbound.count
            policy.traffic.sent(written)
            if written > 0 { takenAt = loop.now }
            switch transfer {
            case .moved: break
            case .blocked: return block(on: loop)
            case .ended: return
            case .failed(let error): return giveBack(.lost(error.description), on: loop)
            }
        }
        if isBlocked {
            isBlocked = false
            arm(on: loop)
            tellInterest(on: loop)
            if phase == .waiting { return isLast ? leave(on: loop) : awaitNext(on: loop) }
        }
        allWritten(on: loop)
    }

    private func block(on loop: isolated EventLoop) {
        guard !isBlocked else { return }
        isBlocked = true
        takenAt = loop.now
        arm(on: loop)
        // A peer that does not read its answers is asked for no further request.
        if phase == .waiting { isReadingPaused = true }
        tellInterest(on: loop)
    }

    // MARK: Readiness and time

    func pauseReading(on loop: isolated EventLoop) {
        guard !isReadingPaused, socket != nil else { return }
        isReadingPaused = true
        tellInterest(on: loop)
    }

    func resumeReading(on loop: isolated EventLoop) {
        guard isReadingPaused, phase != .closed else { return }
        isReadingPaused = false
        tellInterest(on: loop)
    }

    private func tellInterest(on loop: isolated EventLoop) {
        guard let watch, socket != nil else { return }
        var interest: Readiness = isReadingPaused ? [] : [.readable]
        // While nothing is read, the end of the peer's side is asked for by itself, until it is known.
        if isReadingPaused, !knowsOfEnd { interest.insert(.peerFinished) }
        if isBlocked { interest.insert(.writable) }
        interest = socket!.interest(interest)
        guard interest != told else { return }
        told = interest
        loop.change(watch, to: interest)
    }

    /// The peer has finished, but what it said before is not read yet. It will be, unless a stream is what the
    /// peer no longer wants.
    private func endIsAhead(on loop: isolated EventLoop) {
        knowsOfEnd = true
        tellInterest(on: loop)
        if phase == .streaming { peerFinished(on: loop) }
    }

    private func endOfStream(on loop: isolated EventLoop) {
        knowsOfEnd = true
        peerHasFinished = true
        isReadingPaused = true
        tellInterest(on: loop)
        peerFinished(on: loop)
    }

    func handlerBegan() {
        handlers += 1
        acceptor.taskBegan()
    }

    func handlerEnded(on loop: isolated EventLoop) {
        handlers -= 1
        acceptor.taskEnded(on: loop)
        guard handlers == 0, phase == .closed else { return }
        keeper?.handlerEnded(on: loop)
        keeper = nil
    }

    func setTimer(_ deadline: Instant, on loop: isolated EventLoop) {
        limit = deadline
        arm(on: loop)
    }

    func stopTimer(on loop: isolated EventLoop) { setTimer(.distantFuture, on: loop) }

    /// The one timer serves the deadline of the phase and that of a peer that takes nothing. One that waits only for
    /// its peer to take its answers has no other.
    private func arm(on loop: isolated EventLoop) {
        var next = isBlocked && phase == .waiting ? .distantFuture : limit
        if isBlocked, phase != .closed { next = min(next, stalledAt) }
        if next == .distantFuture {
            if let timer { loop.cancel(timer) }
            timer = nil
        } else if !(timer.map { loop.move($0, to: next) } ?? false) {
            timer = loop.arm(self, at: next)
        }
    }

    /// When its peer has taken nothing for too long.
    private var stalledAt: Instant { max(takenAt, excusedAt) + policy.values.writeStalled }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        if isBlocked, loop.now >= stalledAt {
            // Where the loop was away it could not see what was taken.
            guard loop.now < loop.steadySince + policy.values.writeStalled, silence.excuse() else {
                return giveBack(.notReading, on: loop)
            }
            excusedAt = loop.steadySince
        }
        guard loop.now >= limit, !(isBlocked && phase == .waiting) else { return arm(on: loop) }
        limit = .distantFuture
        deadlineCame(on: loop)
    }
}
