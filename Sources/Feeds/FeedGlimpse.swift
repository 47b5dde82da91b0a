import Loop
package import Sessions

/// The last entries of a feed as they were at one moment.
package struct FeedGlimpse: Sendable {
    /// The number of the newest entry.
    package let seq: UInt64
    /// The number of the oldest entry that is kept.
    package let oldest: UInt64
    /// Whole messages as readers get them, oldest first.
    package let messages: [[UInt8]]
    /// Entries that were asked for and are no longer kept.
    package let missing: ClosedRange<UInt64>?
    /// Where it begins, when the number that was asked for is of another life of the feed.
    package let restart: UInt64?
    package let stale: String?
}

extension FeedGlimpse {
    /// The newest entries of a `latest` log, at most `limit`.
    package init(of log: SharedLog, limit: Int) async { self = await Self.look(at: log, limit, on: log.home) }

    private static func look(
        at shared: SharedLog, _ limit: Int, on loop: isolated EventLoop
    ) -> FeedGlimpse {
        let (log, reader) = (shared.log(on: loop), GlimpseReader(limit: limit))
        log.attach(reader, after: nil, on: loop)
        reader.take(on: loop)
        log.detach(reader, on: loop)
        return FeedGlimpse(
            seq: log.head, oldest: log.oldest, messages: reader.messages, missing: nil, restart: nil,
            stale: nil)
    }
}

/// Reads what there is, once.
final class GlimpseReader: LogReader {
    var cursor: Cursor?
    private(set) var messages: [[UInt8]] = []
    private(set) var missing: ClosedRange<UInt64>?
    private(set) var restart: UInt64?
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func hear(_ log: Log, on loop: isolated EventLoop) {}

    func take(on loop: isolated EventLoop) {
        while messages.count < limit {
            switch cursor!.pending(on: loop) {
            case .slice(let slice):
                for entry in slice.entries.prefix(limit - messages.count) {
                    messages.append(unsafe Array(entry.payload))
                }
                cursor!.advance(past: slice)
            case .gap(let from, let to):
                missing = from...to
                cursor!.skip()
            case .reset(let from):
                restart = from
                cursor!.skip()
            case .nothing, .ended, .unreadable: return
            }
        }
    }
}
