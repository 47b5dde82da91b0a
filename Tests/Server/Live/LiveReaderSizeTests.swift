import Feeds
import Loop
import Sessions
import Testing

@testable import Server

// malloc.h is not among the headers that Swift sees.
@_silgen_name("malloc_usable_size")
private func usableSize(_ block: UnsafeMutableRawPointer) -> Int

struct LiveReaderSizeTests {
    /// An idle subscriber is to cost less than 457 bytes in all, of which this is one part.
    @Test func aReaderIsSmall() async throws {
        let group = try LoopGroup(count: 1)
        let feeds = FeedDirectory()
        let name = try #require(FeedName("routes"))
        let feed = feeds.makeBuiltIn(name, on: group.loops[0])
        let sessions = Sessions(loops: group.loops, audit: NoTrail()) { _ in }
        #expect(await Self.size(ofReadersOf: feed, in: sessions, on: group.loops[0]) == 56)
        await feeds.close()
        await group.stop()
    }

    private static func size(
        ofReadersOf feed: Feed, in sessions: Sessions, on loop: isolated EventLoop
    ) -> Int? {
        let session = sessions.registry(on: loop).open(.websocket, owner: nil, body: Nobody(), on: loop)
        defer { session.end(Ending(.completed), on: loop) }
        // The allocator gives a little more where that is what it has at hand; the least of many is what one takes.
        let readers = (0..<1000).map { _ in LiveReader(LiveTicket(feed.log, session, owner: nil, after: nil))
        }
        return withExtendedLifetime(readers) {
            readers.map { unsafe usableSize(Unmanaged.passUnretained($0).toOpaque()) }.min()
        }
    }

    private final class Nobody: SessionBody {
        let peer = ""
    }
}
