package import Loop

/// One reader's place in a log. It always rests between two entries, so the log may overwrite what it likes.
package struct Cursor {
    package let log: Log
    /// The number of the entry to be taken next.
    package internal(set) var next: UInt64
    /// Where the reader sits in the log's list.
    var seat: UInt32
    let isDeflated: Bool
    /// The reader must be told that its numbers are of another life of the log.
    var mustReset: Bool

    /// What comes next, in one stretch of memory: at most `limit` bytes, if an entry is not longer by itself.
    package mutating func pending(atMost limit: Int = .max, on loop: isolated EventLoop) -> Pending {
        let log = log
        if next < log.oldest || mustReset { return log.missing(before: &self, atMost: limit, on: loop) }
        guard next < log.end else {
            if seat >= log.waiting || !log.readings.isEmpty { log.settle(&self) }
            return log.isEnded ? .ended : .nothing
        }
        if isDeflated { return .slice(log.deflatedSlice(from: next, atMost: limit)) }
        return .slice(log.plainSlice(from: next, atMost: limit))
    }

    /// What of the last slice lies before entry `seq`, which is one of it but not its first.
    package mutating func pending(upTo seq: UInt64, on loop: isolated EventLoop) -> Pending {
        guard case .slice(let slice) = pending(on: loop) else { return .nothing }
        return .slice(slice.cut(before: seq))
    }

    /// All of `slice` was taken.
    @inline(__always)
    package mutating func advance(past slice: LogSlice) {
        next = slice.end
        if seat >= log.waiting, next >= log.end { log.rest(&self) }
    }

    /// `count` bytes of `slice` were taken; less than all of it means that the taker is full. Returns what is
    /// left of the entry that was cut, for the reader to copy: the cursor rests behind that entry.
    package mutating func advance(past slice: LogSlice, taken count: Int) -> UnsafeRawBufferPointer {
        if count == slice.byteCount {
            advance(past: slice)
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        log.stop(&self)
        let cut = log.cut(of: slice, at: count, reader: self)
        if cut.offset == count {
            next = cut.entry
            return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
        next = cut.entry + 1
        return unsafe UnsafeRawBufferPointer(rebasing: slice.bytes[count..<cut.offset + cut.size])
    }

    /// Entries up to `seq` of the last slice were taken one by one, and no more for now.
    package mutating func advance(through seq: UInt64) {
        next = seq + 1
        if next < log.end {
            log.stop(&self)
        } else if seat >= log.waiting {
            log.rest(&self)
        }
    }

    /// Goes on at the oldest entry that is kept, when the reader has said that others are not.
    package mutating func skip() {
        if mustReset || next < log.begin { next = log.begin }
        mustReset = false
    }

    /// Goes on at the oldest entry in memory, for a reader that has no use for the archive.
    mutating func skipArchived() {
        if next < log.oldest { next = log.oldest }
    }
}
