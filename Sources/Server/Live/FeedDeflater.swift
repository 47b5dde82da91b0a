import Loop
import Wire

/// The compressor that the feeds of one loop share; none keeps context, so one is enough.
final class FeedDeflater {
    private let deflater: Deflater?

    private init(threshold: Int) {
        deflater = try? Deflater(
            PermessageDeflate.Side(keepsContext: false, windowBits: 15), level: 1, threshold: threshold)
    }

    /// Nil when there is no memory for one; entries then go out as they are, as those below `threshold` do.
    static func shared(from threshold: Int, on loop: isolated EventLoop) -> Deflater? {
        loop.belonging(FeedDeflater.self) { FeedDeflater(threshold: threshold) }.deflater
    }
}
