/// What lies before a reader in one stretch of memory: whole frames as they go over a WebSocket, oldest first.
/// Lent until the reader returns to the loop or asks its cursor again.
@safe package struct LogSlice {
    /// Where the bytes lie: a cursor that is advanced by a part of them must know.
    enum Source: UInt8 { case plain, deflated, archive }

    package let bytes: UnsafeRawBufferPointer
    /// The numbers of the entries.
    package let first: UInt64
    package let end: UInt64
    let source: Source

    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, first: UInt64, end: UInt64, source: Source) {
        unsafe self.bytes = bytes
        self.first = first
        self.end = end
        self.source = source
    }

    package var byteCount: Int { unsafe bytes.count }

    /// The entries one by one, for encodings that are not WebSocket frames. Not for slices of the deflated
    /// rendition, whose payloads are compressed.
    package var entries: LogEntries {
        precondition(source != .deflated, "compressed entries are frames and nothing else")
        return unsafe LogEntries(bytes, first: first)
    }

    /// The entries before `seq`, which is one of them.
    func cut(before seq: UInt64) -> LogSlice {
        var frames = entries
        var size = 0
        for _ in first..<seq { size += unsafe frames.nextFrame()?.count ?? 0 }
        return unsafe LogSlice(
            UnsafeRawBufferPointer(rebasing: bytes[..<size]), first: first, end: seq, source: source)
    }
}
