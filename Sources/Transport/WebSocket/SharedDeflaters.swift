import Loop
import Wire

/// The compressors of one loop, one for each window that a peer asked for. They keep no context, so all
/// connections of the loop share them and an idle connection holds none.
final class SharedDeflaters {
    private var byBits: [UInt8: Deflater] = [:]
    private let threshold: Int

    init(threshold: Int) { self.threshold = threshold }

    /// Nil when there is no memory for one; messages then go out as they are.
    func deflater(bits: UInt8) -> Deflater? {
        if let there = byBits[bits] { return there }
        let side = PermessageDeflate.Side(keepsContext: false, windowBits: Int(bits))
        let deflater = try? Deflater(side, level: 1, threshold: threshold)
        byBits[bits] = deflater
        return deflater
    }
}
