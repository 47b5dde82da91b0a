package import Loop
import Wire

/// How what was said gets to the socket, and what the loop is asked to tell of meanwhile.
extension WebSocket {
    /// Whether the socket has taken everything so far, so that more may be offered to it. When it has not,
    /// `drained` will be called.
    package var isDrained: Bool { !isBlocked && outbound.isEmpty }

    func planFlush(on loop: isolated EventLoop) {
        guard !isFlushPlanned, !isBlocked else { return }
        isFlushPlanned = true
        if isTellingDrained { loop.atEndOfNextTurn(self) } else { loop.atEndOfTurn(self) }
    }

    package func turnEnds(on loop: isolated EventLoop) {
        isFlushPlanned = false
        flush(on: loop)
    }

    func flush(on loop: isolated EventLoop) {
        guard phase != .closed else { return }
        if !outbound.isEmpty {
            let before = outbound.count
            let transfer = outbound.flush(to: socket!)
            if outbound.count < before { movedAt = loop.now }
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
        }
        tellDrained(on: loop)
        if phase == .finishing, outbound.isEmpty {
            phase = .leaving
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
    func block(on loop: isolated EventLoop) {
        guard !isBlocked, phase != .closed else { return }
        isBlocked = true
        owesDrained = true
        movedAt = loop.now
        if phase == .open {
            setTimer(loop.now + policy.values.writeStalled, on: loop)
        } else {
            boundTheEnd(on: loop)
        }
        tellInterest(on: loop)
    }

    /// Of a server alone: were both ends to do so, each would wait for the other to read.
    func pauseReadingWhenFull(on loop: isolated EventLoop) {
        guard !isClient else { return }
        guard outbound.count > policy.values.outboundHighWater, !isReadingPaused, phase == .open else {
            return
        }
        isReadingPaused = true
        tellInterest(on: loop)
    }

    func tellInterest(on loop: isolated EventLoop) {
        // The end of the peer's side is news only to one who reads.
        var interest: Readiness = isReadingPaused || isHeld ? [] : [.readable, .peerFinished]
        if isBlocked || isReadingPaused { interest.insert(.writable) }
        interest = socket?.interest(interest) ?? interest
        let bits = UInt16(truncatingIfNeeded: interest.rawValue)
        guard bits != told else { return }
        told = bits
        loop.change(watch, to: interest)
    }

    /// Reads no more than it has, until `resumeReading`. The peer cannot be asked for a sign of life meanwhile;
    /// one that is gone is noticed by what is sent to it.
    package func holdReading(on loop: isolated EventLoop) {
        guard !isHeld, phase == .open else { return }
        isHeld = true
        tellInterest(on: loop)
    }

    package func resumeReading(on loop: isolated EventLoop) {
        guard isHeld, phase != .closed else { return }
        isHeld = false
        if !isBlocked { movedAt = loop.now }
        tellInterest(on: loop)
    }
}
