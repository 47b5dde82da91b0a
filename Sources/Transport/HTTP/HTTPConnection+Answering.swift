import Loop
package import Wire

extension HTTPConnection {
    /// A request's head has come; as much of its body as came with it is taken before its handler is asked.
    func begin(_ head: HTTPRequestHead, on loop: isolated EventLoop) {
        exchange = CurrentExchange(
            Request(
                head: head, body: RequestBody(connection: self), peer: peer, isSecure: isSecure,
                receivedAt: loop.now, id: RequestID(), keeper: keeper))
        phase = .handling
    }

    /// Asks the handler, in a task that runs at once until it waits for something, and often to its end.
    func handle(on loop: isolated EventLoop) {
        guard phase == .handling, let exchange, !exchange.isBegun else { return }
        exchange.isBegun = true
        handlerBegan()
        let task = Task.immediate {
            let response = await service.respond(to: exchange.request, on: loop)
            // Thrown away when the exchange is over: the peer has gone, or the deadline answered for the handler.
            if self.exchange === exchange, phase == .handling { answer(response, on: loop) }
            handlerEnded(on: loop)
        }
        if self.exchange === exchange, phase == .handling { exchange.task = task }
    }

    /// The handler waits for a body whose sender waits to be told that it is wanted.
    func wantBody(on loop: isolated EventLoop) {
        guard phase == .handling, exchange!.head.expectsContinue, !exchange!.saidContinue else { return }
        exchange!.saidContinue = true
        outbound.append { HTTPStatus.continues.writeInformational(to: &$0) }
        flush(on: loop)
    }

    /// The handler took what had come, so there is room for more.
    func bodyTaken(on loop: isolated EventLoop) {
        guard phase == .handling else { return }
        takeEarly(on: loop)
    }

    func answer(_ response: Response, on loop: isolated EventLoop) {
        exchange!.task = nil
        phase = .answering
        stopTimer(on: loop)
        switch response.body {
        case .webSocket where isLast: refuseUpgrade(on: loop)
        case .webSocket(let upgrade): becomeWebSocket(upgrade, response.head, on: loop)
        case .none: write(response.head, [], on: loop)
        case .bytes(let bytes): write(response.head, bytes, on: loop)
        case .stream(let source): startStream(response.head, source, on: loop)
        }
    }

    /// The peer's bytes were no request. It is told why, and nothing more of it is read.
    func refuse(_ error: HTTPError, on loop: isolated EventLoop) {
        // An answer that is being made goes before; the body it waited for will never be whole.
        if phase == .handling { exchange!.body.fail(error, on: loop) }
        decide(.malformed(error.status, error.sentence))
        isLast = true
        pauseReading(on: loop)
        guard phase == .waiting else { return }
        phase = .answering
        stopTimer(on: loop)
        let id = RequestID()
        let response = Response.problem(error, id: id)
        guard case .bytes(let bytes) = response.body else { return }
        outbound.append { buffer in
            var writer = try? response.head.write(
                .exactly(UInt64(bytes.count)), answering: nil, keepsAlive: false, date: .now, to: &buffer)
            try? writer?.write(bytes.span, to: &buffer)
        }
        service.finished(
            Exchange(
                head: nil, id: id, peer: peer, status: error.status, receivedAt: loop.now,
                bytesOut: bytes.count, end: .complete, refusal: error.sentence), on: loop)
        flush(on: loop)
    }

    /// A connection that is about to end becomes nothing else.
    private func refuseUpgrade(on loop: isolated EventLoop) {
        let error = HTTPError(.serviceUnavailable, "This connection is ending; make another.")
        answer(.problem(error, id: exchange!.id), on: loop)
    }

    private func write(_ head: HTTPResponseHead, _ bytes: [UInt8], on loop: isolated EventLoop) {
        writeHead(head, .exactly(UInt64(bytes.count)), on: loop)
        guard phase == .answering else { return }
        append(bytes.span, on: loop)
        endBody(on: loop)
    }

    private func startStream(
        _ head: HTTPResponseHead, _ source: any ResponseSource, on loop: isolated EventLoop
    ) {
        writeHead(head, .unknown, on: loop)
        guard phase == .answering else { return }
        phase = .streaming
        exchange!.source = source
        source.opened(ResponseStream(self), on: loop)
        flush(on: loop)
    }

    private func writeHead(_ head: HTTPResponseHead, _ length: HTTPBodyLength, on loop: isolated EventLoop) {
        // A body that was not read to its end cannot be told from the next request.
        let keepsAlive = exchange!.head.keepsAlive && exchange!.body.isComplete && !isLast
        exchange!.status = head.status
        var head = head
        if head.headers[.requestID] == nil { head.headers.append(.requestID, exchange!.id.description) }
        var buffer: [UInt8] = []
        do throws(HTTPError) {
            let writer = try head.write(
                length, answering: exchange!.head.method, version: exchange!.head.version,
                keepsAlive: keepsAlive, date: .now, to: &buffer)
            exchange!.keepsAlive = writer.keepsAlive
            exchange!.writer = consume writer
            unsafe buffer.withUnsafeBytes { unsafe outbound.append($0) }
        } catch {
            giveBack(.failed(error.sentence), on: loop)
        }
    }

    private func append(_ bytes: Span<UInt8>, on loop: isolated EventLoop) {
        var buffer: [UInt8] = []
        do throws(HTTPError) {
            try exchange!.writer!.write(bytes, to: &buffer)
        } catch {
            return giveBack(.failed(error.sentence), on: loop)
        }
        // Of a body that is not to be sent, nothing was written.
        if !buffer.isEmpty { exchange!.bytesOut += bytes.count }
        unsafe buffer.withUnsafeBytes { unsafe outbound.append($0) }
    }

    func writeStream(_ bytes: UnsafeRawBufferPointer, on loop: isolated EventLoop) {
        guard phase == .streaming else { return }
        unsafe append(Span(_bytes: bytes.bytes), on: loop)
        guard outbound.count <= policy.values.outboundBytes else { return giveBack(.notReading, on: loop) }
        flush(on: loop)
    }

    func finishStream(on loop: isolated EventLoop) {
        guard phase == .streaming else { return }
        phase = .answering
        // What is left of it has so long, at 4 KiB a second, however little the peer takes at a time.
        let allowance = Duration.milliseconds(outbound.count / 4)
        setTimer(loop.now + policy.values.writeStalled + allowance, on: loop)
        endBody(on: loop)
    }

    private func endBody(on loop: isolated EventLoop) {
        guard phase == .answering, let writer = exchange!.writer.take() else { return }
        var buffer: [UInt8] = []
        do throws(HTTPError) {
            try writer.end(to: &buffer)
        } catch {
            return giveBack(.failed(error.sentence), on: loop)
        }
        unsafe buffer.withUnsafeBytes { unsafe outbound.append($0) }
        flush(on: loop)
    }

    /// The queue is empty: the answer is out, or the source may go on.
    func allWritten(on loop: isolated EventLoop) {
        switch phase {
        case .streaming: exchange!.source!.drained(ResponseStream(self), on: loop)
        case .answering where exchange == nil: linger(on: loop)
        case .answering where exchange!.writer == nil: completed(on: loop)
        default: break
        }
    }

    func completed(on loop: isolated EventLoop) {
        let keepsAlive = exchange!.keepsAlive && !isLast
        endExchange(.complete, on: loop)
        guard keepsAlive else { return linger(on: loop) }
        phase = .waiting
        isFirst = false
        if !isTaking { awaitNext(on: loop) }
    }

    /// The next request may come, or has come already.
    func awaitNext(on loop: isolated EventLoop) {
        setTimer(loop.now + policy.values.keepAliveIdle, on: loop)
        takeEarly(on: loop)
    }

    /// Tells whoever has to know that the exchange is over. Once for each.
    func endExchange(_ end: ResponseEnd, on loop: isolated EventLoop) {
        guard let exchange = exchange.take() else { return }
        exchange.task?.cancel()
        exchange.body.fail(
            HTTPError(.badRequest, "The connection was closed before the body was whole."), on: loop)
        exchange.source?.ended(ResponseStream(self), end, on: loop)
        service.finished(
            Exchange(
                head: exchange.head, id: exchange.id, peer: peer, status: exchange.status,
                receivedAt: exchange.request.receivedAt, bytesOut: exchange.bytesOut, end: end, refusal: nil),
            on: loop)
    }
}

extension HTTPHeaderName {
    package static let requestID: HTTPHeaderName = "X-Request-Id"
}

extension HTTPDate {
    static var now: HTTPDate { HTTPDate(seconds: Timestamp.now.seconds) }
}
