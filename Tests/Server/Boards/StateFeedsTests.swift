import Loop
import Sessions
import TestKit
import Testing
import Workflows

@testable import Server

@Suite struct StateFeedsTests {
    /// It is there for as long as somebody listens, and its numbers do not come back.
    @Test func aStateIsDroppedWithItsLastListener() async throws {
        try await withBoards { ground in
            try await ground.engine.setPaused(true)
            let id = try await ground.engine.submit(TaskRequest(workflow: "hello")).record.id
            var last: UInt64 = 0
            for _ in 1...3 {
                let client = try ground.listen(to: "/api/v1/ws/adw-state/\(id)")
                let seq = try #require(member("seq", of: try client.text()).flatMap(UInt64.init))
                #expect(seq > last)
                last = seq
                ground.clock.advance(by: .seconds(10))
                #expect(ground.feeds.states.count == 1)
                client.cut()
                let deadline = SystemClock().now + .seconds(20)
                while ground.feeds.states.count > 0, SystemClock().now < deadline {
                    ground.clock.advance(by: .seconds(1))
                    await Task.yield()
                }
                #expect(ground.feeds.states.count == 0)
            }
        }
    }
}
