import Loop
import Wire

/// What cursors ask of their log.
extension Log {
    @inline(__always)
    func plainSlice(from seq: UInt64, atMost limit: Int) -> LogSlice {
        let (bytes, end) = unsafe plain.stretch(from: seq, atMost: limit)
        return unsafe LogSlice(bytes, first: seq, end: end, source: .plain)
    }

    /// Entries from before the rendition was made are plain, which every peer can read.
    func deflatedSlice(from seq: UInt64, atMost limit: Int) -> LogSlice {
        guard let deflated, seq >= deflated.ring.first else { return plainSlice(from: seq, atMost: limit) }
        let (bytes, end) = unsafe deflated.ring.stretch(from: seq, atMost: limit)
        return unsafe LogSlice(bytes, first: seq, end: end, source: .deflated)
    }

    func cut(of slice: LogSlice, at offset: Int, reader: Cursor) -> (entry: UInt64, offset: Int, size: Int) {
        switch slice.source {
        case .plain: return plain.cut(of: slice.first..<slice.end, at: offset)
        case .deflated: return deflated!.ring.cut(of: slice.first..<slice.end, at: offset)
        case .archive: return LogEntries.cut(of: slice, at: offset)
        }
    }

    /// What a reader gets whose next entry is no longer in memory.
    func missing(before cursor: inout Cursor, atMost limit: Int, on loop: isolated EventLoop) -> Pending {
        if cursor.mustReset { return .reset(from: begin) }
        switch window {
        case .recent, .spoken: return .gap(from: cursor.next, to: oldest - 1)
        case .latest:
            cursor.next = oldest
            return cursor.pending(atMost: limit, on: loop)
        case .stored:
            if cursor.next < begin { return .gap(from: cursor.next, to: begin - 1) }
            return archived(at: cursor, atMost: limit, on: loop)
        }
    }
}
