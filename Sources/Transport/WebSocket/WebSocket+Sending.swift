package import Loop
package import Wire

/// What is said: gathered in a turn of ours, written at once where that is possible, queued where it is not.
extension WebSocket {
    /// From what size on messages to this peer are compressed.
    package var compressionThreshold: Int { policy.values.compressionThreshold }

    /// Whether text may be sent to this peer compressed, in frames that do not refer to earlier ones.
    package var takesSharedDeflate: Bool { deflateBits == 15 }

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
        if gathered >= 0, outbound.isEmpty, size <= Scratch.size {
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

    /// Queues a close frame behind all that was sent.
    func queueClose(_ code: WebSocketCloseCode?, _ reason: String, on loop: isolated EventLoop) {
        let key = maskingKey
        enqueue(on: loop) { WebSocketEncoder.appendClose(code, reason: reason, key: key, to: &$0) }
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
    func gather(on loop: isolated EventLoop, _ turn: () -> Void) {
        // Within the turn of another connection the memory is lent already; what is said is queued then.
        guard !loop.scratch.isGathering else { return turn() }
        loop.scratch.isGathering = true
        gathered = 0
        turn()
        if gathered > 0 { writeGathered(on: loop) }
        gathered = Self.notGathering
        loop.scratch.isGathering = false
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
}
