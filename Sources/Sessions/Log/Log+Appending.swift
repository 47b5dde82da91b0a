package import Loop
package import Wire

extension Log {
    /// Says `{"type":TYPE,"seq":SEQ,"ts":TIME,"data":DATA}` as a text message. Returns its number.
    ///
    /// - Parameters:
    ///   - data: JSON.
    ///   - reason: why the data may be no longer so; a member `stale` then says it.
    @discardableResult
    package func append(
        _ type: EntryType, data: Span<UInt8>, stale reason: String? = nil, at time: Timestamp,
        on loop: isolated EventLoop
    ) throws(LogError) -> UInt64 {
        timeText.set(to: time)
        var remark: [UInt8] = []
        if let reason {
            remark += ",\"stale\":".utf8
            JSONText.quote(reason, to: &remark)
        }
        return try unsafe data.withUnsafeBufferPointer { data throws(LogError) in
            let data = UnsafeRawBufferPointer(data)
            let message = unsafe LogMessage(type, seq: plain.end, time: timeText, data: data, remark: remark)
            // The ring has room for `message.size`, which is what the message writes.
            return try unsafe append(.text, size: message.size, on: loop) { unsafe message.write(to: $0) }
        }
    }

    /// Says a message as it is: the bytes of a terminal, or text that needs no envelope. Returns its number.
    @discardableResult
    package func append(
        _ kind: WebSocketMessageKind, _ payload: Span<UInt8>, on loop: isolated EventLoop
    ) throws(LogError) -> UInt64 {
        try unsafe payload.withUnsafeBufferPointer { payload throws(LogError) in
            try unsafe append(kind, size: payload.count, on: loop) { target in
                // The ring has room for `payload.count`.
                guard let source = unsafe UnsafeRawPointer(payload.baseAddress) else { return }
                unsafe target.copyMemory(from: source, byteCount: payload.count)
            }
        }
    }

    @inline(__always)
    private func append(
        _ kind: WebSocketMessageKind, size: Int, on loop: isolated EventLoop,
        writing write: (UnsafeMutableRawPointer) -> Void
    ) throws(LogError) -> UInt64 {
        guard ending == nil else { throw .ended }
        let frameSize = WebSocketEncoder.frameSize(payload: size)
        guard plain.fits(frameSize) else { throw .entryTooLarge(bytes: frameSize, limit: plain.mostBytes) }
        let seq = plain.end
        // The ring has room for the whole frame: the header in its shortest form, then the payload.
        let frame = unsafe plain.add(frameSize, speaking: kind == .binary ? size : 0)
        let header = unsafe WebSocketEncoder.writeHeader(WebSocketOpcode(kind), payload: size, to: frame)
        unsafe write(frame + header)
        if deflated != nil {
            unsafe deflate(kind, UnsafeRawBufferPointer(start: frame + header, count: size))
        }
        if !isCalled, waiting > 0 { tell(on: loop) }
        return seq
    }

    /// Gives an entry to the readers of compressed frames.
    private func deflate(_ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer) {
        guard let deflated else { return }
        unsafe deflated.append(kind, payload)
        deflated.ring.drop(before: plain.first)
    }

    /// Takes in what another loop's log said, or what has just been written to the archive: the frames as they are.
    /// Entries that are missing in between are missing here too, and so is what is too large for the window.
    package func append(_ batch: LogBatch, on loop: isolated EventLoop) {
        guard batch.end > plain.end, ending == nil else { return }
        if batch.first > plain.end { restart(at: batch.first, spoken: batch.spoken) }
        var frames = unsafe LogEntries(batch.bytes, first: batch.first)
        var seq = batch.first
        while let frame = unsafe frames.nextFrame() {
            defer { seq += 1 }
            guard seq == plain.end else { continue }
            let speaks = unsafe LogEntries.spoken(by: frame)
            guard plain.fits(frame.count) else {
                restart(at: seq + 1, spoken: plain.spoken + UInt64(speaks))
                continue
            }
            // The ring has room for the frame, which is whole.
            unsafe plain.add(frame.count, speaking: speaks)
                .copyMemory(from: frame.baseAddress!, byteCount: frame.count)
            if deflated != nil {
                let entry = unsafe LogEntries.entry(frame, seq: seq)
                unsafe deflate(entry.kind, entry.payload)
            }
        }
        tell(on: loop)
    }

    /// What was said before entry `seq` is in the archive only.
    func skip(to seq: UInt64, on loop: isolated EventLoop) {
        guard seq > plain.end else { return }
        restart(at: seq, spoken: plain.spoken)
        tell(on: loop)
    }

    private func restart(at seq: UInt64, spoken: UInt64) {
        plain.restart(at: seq, spoken: spoken)
        deflated?.ring.restart(at: seq, spoken: 0)
    }

    /// The message that tells a peer of entries that are no longer kept.
    package func gapMessage(from first: UInt64, to last: UInt64, at time: Timestamp) -> [UInt8] {
        message(.gap, "{\"from\":\(first),\"to\":\(last)}", at: time)
    }

    /// The message that tells a peer that the numbers it knows are of another life of the log.
    package func resetMessage(from first: UInt64, at time: Timestamp) -> [UInt8] {
        message(.reset, "{\"from\":\(first)}", at: time)
    }

    private func message(_ type: EntryType, _ data: String, at time: Timestamp) -> [UInt8] {
        timeText.set(to: time)
        return unsafe Array(data.utf8).withUnsafeBytes { data in
            let message = unsafe LogMessage(type, seq: nil, time: timeText, data: data)
            return unsafe [UInt8](unsafeUninitializedCapacity: message.size) { target, count in
                unsafe message.write(to: UnsafeMutableRawPointer(target.baseAddress!))
                count = message.size
            }
        }
    }
}
