/// Entries that travel: from one loop to another, or out of an archive. Frames like those of a log, never
/// changed once made.
@safe package final class LogBatch: @unchecked Sendable {
    // @unchecked: nothing changes after `init`.
    private let block: UnsafeMutableRawBufferPointer
    package let first: UInt64
    package let end: UInt64
    /// How many bytes were spoken before it; what comes from an archive does not tell.
    let spoken: UInt64

    /// A copy of what is lent, before which so many bytes were spoken.
    init(copying slice: LogSlice, spoken: UInt64 = 0) {
        unsafe block = .allocate(byteCount: slice.bytes.count, alignment: 16)
        unsafe block.copyMemory(from: slice.bytes)
        first = slice.first
        end = slice.end
        self.spoken = spoken
    }

    /// Entries as an archive kept them, from `seq` on, which is in the first stretch. What does not add up, or
    /// leaves one out, is told and not walked.
    package init(kept stretches: [KeptFrames], from seq: UInt64) throws(LogError) {
        guard let head = stretches.first, head.first <= seq, seq <= head.last else {
            throw .archive("entry \(seq) is missing")
        }
        var next = head.first
        var size = 0
        for stretch in stretches {
            guard stretch.first == next, stretch.last >= next else {
                throw .archive("entry \(next) is missing")
            }
            let count = unsafe stretch.bytes.withUnsafeBytes { unsafe LogEntries.count($0) }
            guard let count, count == stretch.last - stretch.first + 1 else {
                throw .archive("entries \(stretch.first) to \(stretch.last) are damaged")
            }
            next = stretch.last + 1
            size += stretch.bytes.count
        }
        let skipped = unsafe head.bytes.withUnsafeBytes { bytes in
            var frames = unsafe LogEntries(bytes, first: head.first)
            return (head.first..<seq).reduce(0) { sum, _ in unsafe sum + (frames.nextFrame()?.count ?? 0) }
        }
        unsafe block = .allocate(byteCount: size - skipped, alignment: 16)
        first = seq
        end = next
        spoken = 0
        var offset = -skipped
        for stretch in stretches {
            unsafe stretch.bytes.withUnsafeBytes { bytes in
                // The stretches, without what is skipped of the first, add up to the size of the block.
                let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[max(0, -offset)...])
                unsafe UnsafeMutableRawBufferPointer(rebasing: block[max(0, offset)...]).copyMemory(
                    from: part)
            }
            offset += stretch.bytes.count
        }
    }

    deinit { unsafe block.deallocate() }

    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(block) }

    package var entries: LogEntries { unsafe LogEntries(bytes, first: first) }

    package var byteCount: Int { unsafe block.count }

    /// What of it lies before a reader at `seq`, of those before `end`.
    func slice(from seq: UInt64, before end: UInt64, atMost limit: Int) -> LogSlice {
        precondition((first..<min(end, self.end)).contains(seq))
        var skipped = 0
        var taken = 0
        var last = first
        var frames = unsafe LogEntries(bytes, first: first)
        while last < end, let frame = unsafe frames.nextFrame() {
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
