import Loop
import Store
import Synchronization
import TestKit
import Testing

@testable import Workflows

@Suite struct LineChangeTests {
    private static let workflows = ["greet": "phases:\n  a: {run: 'true'}\n"]

    /// The line as it is, and as the next start would find it.
    private struct Place: Equatable, Sendable {
        let number: Int64
        let position: Double
    }

    private func held(_ ground: EngineGround) async -> (isPaused: Bool, places: [Place]) {
        await ground.engine.desk.run { desk, _ in
            (desk.queue.isPaused, desk.queue.waiting.map { Place(number: $0.number, position: $0.position) })
        }
    }

    private func stored(_ ground: EngineGround) async throws -> (isPaused: Bool, places: [Place]) {
        try await ground.store.read { db in
            let places = try TaskQueueTable.positions(in: db).map { Place(number: $0, position: $1) }
            return (try TaskQueueTable.isPaused(in: db), places.sorted { $0.position < $1.position })
        }
    }

    @Test func whatTheStoreRefusesHasNotHappened() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                try await ground.engine.setPaused(true)
                var ids: [TaskID] = []
                for _ in 0..<3 { ids.append(try await ground.submit("greet")) }
                try await ground.store.write { db in
                    try db.run(
                        """
                        create trigger place_is_refused before update on task_queue begin
                            select raise(abort, 'refused'); end
                        """)
                    try db.run(
                        """
                        create trigger pause_is_refused before update on task_queue_state begin
                            select raise(abort, 'refused'); end
                        """)
                }
                let refused = TaskError.store(.constraint("refused"))
                let changes = Mutex(0)
                ground.engine.board.observe { task in
                    if task == nil { changes.withLock { $0 += 1 } }
                }
                await #expect(throws: refused) { try await ground.engine.setPaused(false) }
                await #expect(throws: refused) { try await ground.engine.move(ids[2], before: ids[0]) }
                #expect(await ground.engine.line().waiting == ids)
                #expect(await ground.engine.line().isPaused)
                #expect(changes.withLock { $0 } == 0)
                try await ground.store.write { db in
                    try db.run("drop trigger place_is_refused")
                    try db.run("drop trigger pause_is_refused")
                }
                try await ground.engine.move(ids[2], before: ids[0])
                #expect(await ground.engine.line().waiting == [ids[2], ids[0], ids[1]])
                #expect(changes.withLock { $0 } == 1)
                #expect(try await held(ground) == stored(ground))
                try await ground.engine.setPaused(false)
                for id in ids { #expect(try await ground.wait(for: id).status == .succeeded) }
            }
        }
    }

    @Test func whatIsAskedAtTheSameTimeIsStoredAsItHolds() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let engine = ground.engine
                try await engine.setPaused(true)
                var ids: [TaskID] = []
                for _ in 0..<5 { ids.append(try await ground.submit("greet")) }
                var random = SeededRandom(seed: 11)
                for _ in 0..<20 {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for _ in 0..<10 {
                            let id = ids.randomElement(using: &random)!
                            let other = ids.randomElement(using: &random)!
                            group.addTask { try await engine.move(id, before: other) }
                        }
                        try await group.waitForAll()
                    }
                    #expect(try await held(ground) == stored(ground))
                }
                for id in ids { _ = try await engine.cancel(id, by: nil) }
                for _ in 0..<20 {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<9 {
                            group.addTask { try await engine.setPaused(number.isMultiple(of: 2)) }
                        }
                        try await group.waitForAll()
                    }
                    #expect(try await held(ground).isPaused == stored(ground).isPaused)
                }
            }
        }
    }

    /// An asker who goes away leaves no change that is stored and does not hold.
    @Test func aChangeWhoseAskerGoesAwayIsWholeOrNone() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let engine = ground.engine
                for number in 0..<20 {
                    let asker = Task { try? await engine.setPaused(number.isMultiple(of: 2)) }
                    asker.cancel()
                    await asker.value
                    let kept = try await stored(ground).isPaused
                    #expect(await held(ground).isPaused == kept)
                }
            }
        }
    }
}
