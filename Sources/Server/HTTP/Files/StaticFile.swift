import Wire

/// A file in memory, plain and compressed, as it was in one state.
final class StaticFile: Sendable {
    /// What is larger is not kept in memory but read as it is sent.
    static let largest = 4 << 20

    let state: FileState
    let type: String
    let bytes: [UInt8]
    /// Nil where it would not be smaller.
    let gzip: [UInt8]?

    /// Blocks: compressing a large file takes a while.
    init(_ name: FileName, _ bytes: [UInt8], _ state: FileState, compressingFrom threshold: Int?) {
        self.state = state
        self.bytes = bytes
        type = ContentType.of(name.path)
        let isWorthIt = threshold.map { bytes.count >= $0 } ?? false
        gzip = isWorthIt && ContentType.isCompressible(type) ? Gzip.compress(bytes) : nil
    }

    var cost: Int { bytes.count + (gzip?.count ?? 0) }
}
