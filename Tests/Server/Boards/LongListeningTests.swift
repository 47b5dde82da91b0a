import Loop
import Sessions
import TestKit
import Testing
import Transport
import Workflows

@testable import Server

@Suite struct LongListeningTests {
    private static let days = 30
    private static let stepsInADay = 48

    /// A month of listening, with a ping every half an hour: nobody is sent away, nothing is said while nothing
    /// changes, and each day's one change is said once to those whom it is for.
    @Test func listenersAreHeldForAMonth() async throws {
        let step = Duration.seconds(86_400 / Self.stepsInADay)
        var policy = TransportPolicy.Values()
        policy.ping = step
        try await withBoards(policy: policy) { ground in
            try await ground.engine.setPaused(true)
            var tasks: [TaskID] = []
            for _ in 1...2 {
                tasks.append(try await ground.engine.submit(TaskRequest(workflow: "hello")).record.id)
            }
            _ = try await ground.settled("queue") {
                $0.contains(#""waiting":["\#(tasks[0])","\#(tasks[1])"]"#)
            }
            let others = [
                "workflow-history", "adw-monitor", "routes", "adw-state/\(tasks[0])",
            ]
            let quiet = try others.map { try ground.listen(to: "/api/v1/ws/\($0)") }
            for client in quiet { _ = try client.text() }
            let queue = try ground.listen(to: "/api/v1/ws/queue")
            let seq = try #require(member("seq", of: try queue.text()).flatMap(UInt64.init))
            for day in 1...Self.days {
                for _ in 1...Self.stepsInADay {
                    ground.clock.advance(by: step)
                    for client in quiet + [queue] {
                        try client.answerPing()
                        // What comes next is the answer to this, and so nothing was said before it.
                        if client !== queue { try Self.expectSilence(client) }
                    }
                    try Self.expectSilence(queue)
                }
                // Nothing may begin, so the only change is that of the line's order.
                let (id, before) = day % 2 == 1 ? (tasks[1], tasks[0]) : (tasks[0], tasks[1])
                try await ground.engine.move(id, before: before)
                _ = try await ground.settled("queue") { $0.contains(#""waiting":["\#(id)""#) }
                let message = try queue.text()
                #expect(member("seq", of: message) == "\(seq + UInt64(day))", "\(message)")
            }
        }
    }

    private static func expectSilence(_ client: RawClient) throws {
        try client.say(#"{"type":"ping"}"#)
        let text = try client.text()
        #expect(text.hasPrefix(#"{"type":"pong""#), "\(text)")
    }
}
