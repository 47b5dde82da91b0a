package import Loop
package import Wire

extension WebSocket {
    /// Begins the end: says why, and waits for the peer to say the same, within the close deadline.
    /// What was sent before still goes out first, and a slow peer has the time of a stalled write for it besides,
    /// unless there is `hurry`: then the close deadline holds for all of it.
    package func close(
        _ code: WebSocketCloseCode, _ reason: String, hurry: Bool = false, on loop: isolated EventLoop
    ) {
        guard phase == .open else { return }
        closure = WebSocketClosure(.ours, code, reason)
        queueClose(code, reason, on: loop)
        phase = .closing
        setTimer(loop.now + policy.values.closeHandshake, on: loop)
        if hurry { isHurried = true } else if isBlocked { boundTheEnd(on: loop) }
    }

    /// One that is ending already has no longer than one that begins to end in a hurry now.
    func hurry(on loop: isolated EventLoop) {
        guard phase != .open, phase != .closed else { return }
        isHurried = false
        setTimer(loop.now + policy.values.closeHandshake, on: loop)
        isHurried = true
    }

    /// It ends, and its peer does not take what is left: it has so long for that, however much it takes at a time.
    func boundTheEnd(on loop: isolated EventLoop) {
        setTimer(loop.now + policy.values.writeStalled + policy.values.closeHandshake, on: loop)
        isHurried = true
    }

    /// The longest that `close` may take.
    package var longestEnd: Duration {
        policy.values.writeStalled + policy.values.closeHandshake + policy.values.linger + .seconds(1)
    }

    /// Ends at once, with a last word if there is room for one.
    package func abort(
        _ cause: WebSocketClosure.Cause, _ code: WebSocketCloseCode, _ reason: String,
        on loop: isolated EventLoop
    ) {
        guard phase != .closed else { return }
        if phase == .open {
            closure = WebSocketClosure(cause, code, reason)
            if isDrained {
                queueClose(code, reason, on: loop)
                flushOnce()
            }
        }
        if !isDrained { policy.traffic.cut(cause) }
        giveBack(WebSocketClosure(cause, code, reason), on: loop)
    }

    /// The peer's close frame has come.
    func peerClosed(_ code: WebSocketCloseCode?, _ reason: String, on loop: isolated EventLoop) {
        if phase == .open {
            closure = WebSocketClosure(.theirs, code, reason)
            queueClose(code, "", on: loop)
        }
        finish(on: loop)
    }

    /// The peer broke a rule: it is told which, and nothing more of it is heard.
    func violated(_ error: WebSocketError, on loop: isolated EventLoop) {
        if phase == .open {
            closure = WebSocketClosure(.violation, error.code, error.reason)
            queueClose(error.code, error.reason, on: loop)
        }
        finish(on: loop)
    }

    /// The peer's side of the stream is over.
    func peerFinished(on loop: isolated EventLoop) {
        giveBack(WebSocketClosure(.lost, nil, "The connection was cut without a close frame"), on: loop)
    }

    func lose(_ reason: String, on loop: isolated EventLoop) {
        giveBack(WebSocketClosure(.lost, nil, reason), on: loop)
    }

    /// The one timer of the connection serves all its deadlines in turn.
    func deadlineCame(on loop: isolated EventLoop) {
        switch phase {
        case .closing where isHurried && isBlocked, .finishing where isHurried && isBlocked:
            abort(.notReading, .notAnswering, "The rest was not read in time", on: loop)
        case .closing where isHurried, .finishing where isHurried, .leaving where isHurried:
            giveBack(WebSocketClosure(.lost, nil, "The peer did not end its side in time"), on: loop)
        case .open where isBlocked: checkStall(on: loop)
        case .open: checkAnswer(on: loop)
        case .closing: giveBack(WebSocketClosure(.lost, nil, "The peer did not answer the close"), on: loop)
        case .finishing, .leaving:
            giveBack(WebSocketClosure(.lost, nil, "The peer did not end its side"), on: loop)
        case .closed: break
        }
    }

    /// As many bytes of a message have to come between two looks.
    private static var leastProgress: Int { 16 << 10 }

    private func checkStall(on loop: isolated EventLoop) {
        let limit = movedAt + policy.values.writeStalled
        guard loop.now >= limit else { return setTimer(limit, on: loop) }
        if isExcused(for: policy.values.writeStalled, on: loop) { return }
        abort(.notReading, .notAnswering, "Nothing was read for too long", on: loop)
    }

    private func checkAnswer(on loop: isolated EventLoop) {
        if isHeld {
            // Its answer would not be read, but a peer that is gone makes the socket fail.
            unsafe frame(.ping, UnsafeRawBufferPointer(start: nil, count: 0), on: loop)
            return setTimer(loop.now + policy.values.ping, on: loop)
        }
        // Within a long frame no pong can come; that it comes at all is an answer, unless it only trickles.
        if decoder.progress() >= Self.leastProgress { heard(on: loop) }
        if silence.awaitsAnswer {
            if isExcused(for: policy.values.pong, on: loop) { return }
            return abort(.notAnswering, .notAnswering, "Not answering", on: loop)
        }
        let quietUntil = movedAt + policy.values.ping
        guard loop.now >= quietUntil else { return setTimer(quietUntil, on: loop) }
        silence.awaitsAnswer = true
        unsafe frame(.ping, UnsafeRawBufferPointer(start: nil, count: 0), on: loop)
        setTimer(loop.now + policy.values.pong, on: loop)
    }

    /// Where the loop was away, what the peer says may wait unread, or it was stopped with the machine: it has its time
    /// once more, from when the loop is steady again.
    private func isExcused(for time: Duration, on loop: isolated EventLoop) -> Bool {
        let limit = loop.steadySince + time
        guard loop.now < limit, silence.excuse() else { return false }
        setTimer(limit, on: loop)
        return true
    }
}

extension WebSocketCloseCode {
    /// The peer missed its pong, or takes nothing of what is sent; it may already be gone.
    package static let notAnswering = WebSocketCloseCode(rawValue: 4004)
}
