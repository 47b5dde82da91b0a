package import Wire

/// Entries that travel: from one loop to another, or out of an archive. Frames like those of a log, never
/// changed once made.
@safe package final class LogBatch: @unchecked Sendable {
    // @unchecked: nothing changes after `init`.
    private let block: UnsafeMutableRawBufferPointer
    package let first: UInt64
    package let end: UInt64

    /// A copy of what is lent.
    init(copying slice: LogSlice) {
        unsafe block = .allocate(byteCount: slice.bytes.count, alignment: 16)
        unsafe block.copyMemory(from: slice.bytes)
        first = slice.first
        end = slice.end
    }

    /// Consecutive entries from `first` on, as an archive kept them.
    package init(first: UInt64, _ entries: [(kind: WebSocketMessageKind, payload: [UInt8])]) {
        let size = entries.reduce(0) { $0 + WebSocketEncoder.frameSize(payload: $1.payload.count) }
        unsafe block = .allocate(byteCount: size, alignment: 16)
        self.first = first
        end = first + UInt64(entries.count)
        var offset = 0
        for entry in entries {
            // The frames add up to `size`.
            unsafe entry.payload.withUnsafeBytes { payload in
                unsafe offset += WebSocketEncoder.writeFrame(
                    WebSocketOpcode(entry.kind), payload, to: block.baseAddress! + offset)
            }
        }
    }

    deinit { unsafe block.deallocate() }

    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(block) }

    package var byteCount: Int { unsafe block.count }

    /// What of it lies before a reader at `seq`.
    func slice(from seq: UInt64, atMost limit: Int) -> LogSlice {
        precondition((first..<end).contains(seq))
        var skipped = 0
        var taken = 0
        var last = first
        var frames = unsafe LogEntries(bytes, first: first)
        while let frame = unsafe frames.nextFrame() {
            if last < seq {
                skipped += frame.count
            } else {
                if last > seq, taken + frame.count > limit { break }
                taken += frame.count
            }
            last += 1
        }
        let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[skipped..<skipped + taken])
        return unsafe LogSlice(part, first: seq, end: last, source: .archive)
    }
}
