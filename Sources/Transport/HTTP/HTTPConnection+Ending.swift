import Loop
import Wire

extension HTTPConnection {
    /// The phase has lasted too long.
    func deadlineCame(on loop: isolated EventLoop) {
        switch phase {
        case .waiting where parser.isIdle:
            giveBack(isFirst ? .late("No request came in time") : .idle, on: loop)
        case .waiting:
            let error = HTTPError(.requestTimeout, "The head of the request did not come in time.")
            decide(.late(error.sentence))
            refuse(error, on: loop)
        case .handling: handlingTookTooLong(on: loop)
        case .answering: giveBack(.notReading, on: loop)
        case .lingering: giveBack(.done, on: loop)
        case .streaming, .closed: break
        }
    }

    private func handlingTookTooLong(on loop: isolated EventLoop) {
        let silentBody = !exchange!.body.isComplete && !exchange!.body.isFull
        let error =
            silentBody
            ? HTTPError(.requestTimeout, "The body of the request stopped coming.")
            : HTTPError(.serviceUnavailable, "The request took too long and was given up.")
        decide(silentBody ? .late(error.sentence) : .overdue(error.sentence))
        giveUp(error, on: loop)
    }

    /// Answers for a handler, which is cancelled.
    private func giveUp(_ error: HTTPError, on loop: isolated EventLoop) {
        exchange!.body.fail(error, on: loop)
        exchange!.task?.cancel()
        exchange!.task = nil
        isLast = true
        answer(.problem(error, id: exchange!.id), on: loop)
    }

    /// The peer will send no more. What it asked for is still answered; a stream is taken as not wanted.
    func peerFinished(on loop: isolated EventLoop) {
        isLast = true
        switch phase {
        case .handling where !exchange!.body.isComplete:
            decide(.lost("The peer left in the middle of a request"))
            giveUp(HTTPError(.badRequest, "The body of the request was cut short."), on: loop)
        case .streaming: giveBack(.lost("The peer has gone"), on: loop)
        case .handling, .answering: break
        case .waiting where parser.isIdle: giveBack(.left, on: loop)
        case .waiting: giveBack(.lost("The peer left in the middle of a request"), on: loop)
        case .lingering: giveBack(.done, on: loop)
        case .closed: break
        }
    }

    /// The connection is broken in both directions.
    func peerVanished(on loop: isolated EventLoop) {
        giveBack(phase == .lingering ? .done : .lost("The peer has gone"), on: loop)
    }

    /// Everything is said. The peer is given a moment to read it, as a reset would eat what it has not read.
    func linger(on loop: isolated EventLoop) {
        phase = .lingering
        early = []
        socket!.finishWriting()
        if peerHasFinished { return giveBack(.done, on: loop) }
        resumeReading(on: loop)
        setTimer(loop.now + policy.values.linger, on: loop)
    }

    /// The server goes down: idle connections close, busy ones after their answer, and an answer that goes on
    /// when its source is told by whoever owns it.
    func drain(on loop: isolated EventLoop) {
        decide(.shutdown)
        isLast = true
        // What it waits for may have come, and is under way then as well.
        if phase == .waiting, isDrained { takeWhatCame(on: loop) }
        guard phase == .waiting, isDrained else { return }
        if parser.isIdle { giveBack(.shutdown, on: loop) } else { refuse(Self.goingDown, on: loop) }
    }

    /// The time to drain is nearly over: who still waits for an answer is told that there will be none.
    func hurry(on loop: isolated EventLoop) {
        if phase == .handling { giveUp(Self.goingDown, on: loop) }
    }

    private static var goingDown: HTTPError {
        HTTPError(.serviceUnavailable, "The server is going down; ask again in a moment.")
    }

    /// The peer has taken what it was slow to take, and is told that nothing more comes.
    func leave(on loop: isolated EventLoop) {
        takeWhatCame(on: loop)
        guard phase == .waiting, isDrained else { return }
        if parser.isIdle { linger(on: loop) } else { refuse(Self.goingDown, on: loop) }
    }

    private func takeWhatCame(on loop: isolated EventLoop) {
        takeEarly(on: loop)
        if phase == .waiting, !isReadingPaused { receive(on: loop) }
    }

    /// Its keeper wants it to end.
    func end(_ error: HTTPError, on loop: isolated EventLoop) {
        decide(.ended)
        guard phase == .handling else { return giveBack(.ended, on: loop) }
        giveUp(error, on: loop)
    }

    /// It will end for this reason, if there was none before.
    func decide(_ end: ConnectionEnd) {
        if verdict == nil { verdict = end }
    }

    /// Gives everything back. The last step, exactly once.
    func giveBack(_ end: ConnectionEnd, on loop: isolated EventLoop) {
        guard phase != .closed else { return }
        phase = .closed
        decide(end)
        stopTimer(on: loop)
        if let socket = socket.take() {
            if let watch { loop.unwatch(watch) }
            socket.close()
            host.leave()
        }
        acceptor.closed(self, on: loop)
        outbound = Outbound()
        early = []
        endExchange(ResponseEnd(end), on: loop)
        keeper?.ended(verdict!, on: loop)
        if handlers == 0 { keeper = nil }
    }

    /// The connection goes on as a WebSocket, and this object is over.
    func becomeWebSocket(_ upgrade: WebSocketUpgrade, _ head: HTTPResponseHead, on loop: isolated EventLoop) {
        var head = head
        let deflate = agreeOnCompression(upgrade, &head)
        head.headers.append(.upgrade, "websocket")
        head.headers.append(.connection, "Upgrade")
        head.headers.append(.secWebSocketAccept, WebSocketHandshake.accept(forKey: upgrade.key))
        if let subprotocol = upgrade.subprotocol { head.headers.append(.secWebSocketProtocol, subprotocol) }
        // Answers to requests that came before in the same bytes go before.
        var buffer = outbound.takeAll()
        _ = try? head.write(
            .none, answering: .get, keepsAlive: true, date: nil, to: &buffer)
        exchange!.status = .switchingProtocols
        stopTimer(on: loop)
        let socket = socket.take()!
        let webSocket = WebSocket(
            socket, watch: watch!, role: .server, deflate: deflate, policy: policy, limits: upgrade.limits,
            handler: upgrade.handler, host: host, on: loop)
        phase = .closed
        keeper = nil
        acceptor.closed(self, on: loop)
        endExchange(.complete, on: loop)
        unsafe early.withUnsafeMutableBytes { unsafe webSocket.start(after: buffer, received: $0, on: loop) }
        early = []
    }

    private func agreeOnCompression(
        _ upgrade: WebSocketUpgrade, _ head: inout HTTPResponseHead
    ) -> PermessageDeflate? {
        guard policy.values.compression, let offers = upgrade.offeredExtensions else { return nil }
        // Without context a connection at rest needs no window, and a broadcast is compressed once for all.
        let wish = PermessageDeflate(server: .init(keepsContext: false), client: .init(keepsContext: false))
        guard let answer = try? wish.answer(toOffers: offers) else { return nil }
        head.headers.append(.secWebSocketExtensions, answer.field)
        return answer.agreed
    }
}
