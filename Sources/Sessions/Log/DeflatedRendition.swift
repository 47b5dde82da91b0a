import Wire

/// The same entries as frames of permessage-deflate, each compressed once however many readers take it. Made
/// for the first reader that asks, dropped with the last.
final class DeflatedRendition {
    var ring: Ring
    var readerCount = 0
    private let deflater: Deflater
    private var frame: [UInt8] = []

    /// It begins with the entry that comes next.
    init(by deflater: Deflater, like plain: borrowing Ring) {
        self.deflater = deflater
        ring = Ring(startingAt: plain.end, entries: plain.mostEntries, bytes: plain.mostBytes)
    }

    func append(_ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer) {
        frame.removeAll(keepingCapacity: true)
        unsafe deflater.appendFrame(kind, payload, to: &frame)
        // A frame is at most as large as the plain one, which fitted: what does not shrink stays as it is.
        let target = unsafe ring.add(frame.count)
        unsafe frame.withUnsafeBytes { unsafe target.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }
}
