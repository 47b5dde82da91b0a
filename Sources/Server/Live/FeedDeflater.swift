import Loop
import Wire

/// The compressor that the feeds of one loop share; none keeps context, so one is enough.
final class FeedDeflater {
    /// Entries below this go out as they are.
    private static let threshold = 256

    private let deflater: Deflater?

    private init() {
        deflater = try? Deflater(
            PermessageDeflate.Side(keepsContext: false, windowBits: 15), level: 1, threshold: Self.threshold)
    }

    /// Nil when there is no memory for one; entries then go out as they are.
    static func shared(on loop: isolated EventLoop) -> Deflater? {
        loop.belonging(FeedDeflater.self) { FeedDeflater() }.deflater
    }
}
