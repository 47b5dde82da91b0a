import Feeds
import Loop
import Store
import TestKit
import Testing

@testable import Server

@Suite struct FeedOriginTests {
    @Test func eachLifeOfAServerBeginsBehindTheOneBeforeWhateverTheClockSays() async throws {
        let folder = try TemporaryFolder()
        var last: UInt64 = 0
        for milliseconds in [1_795_000_000_000, 1_795_000_001_000, 1_700_000_000_000, 0, 1_800_000_000_000] {
            let store = try Store(folder: folder.path, migrations: FeedOriginTable.migrations)
            let origin = try await FeedOriginTable.advance(
                in: store, at: Timestamp(milliseconds: Int64(milliseconds)))
            await store.close()
            #expect(origin > last && origin >= UInt64(milliseconds) * 1000)
            last = origin
        }
    }
}
