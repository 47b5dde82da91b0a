import Glibc
import Loop
import Store
import Synchronization
import TestKit
import Testing
import Transport
import Wire

@testable import Server

@Suite struct HealthTests {
    private func ask(
        _ path: String, of routes: HealthRoutes, on loop: isolated EventLoop
    ) async throws -> Response {
        let route = try #require(routes.routes.first { $0.path == path })
        return try await route.handler(call(try request(.get, path, on: loop)), loop)
    }

    @Test func aServerThatIsWellSaysSo() async throws {
        try await withLoop { loop, _ in
            let routes = HealthRoutes(loops: LoopHealth([loop]), checks: [{ _ in nil }])
            for path in ["/healthz", "/readyz"] {
                let response = try await ask(path, of: routes, on: loop)
                #expect(response.head.status == .ok)
                #expect(response.text == #"{"reasons":[],"status":"ok"}"#)
            }
        }
    }

    @Test func whoeverDrainsIsAliveAndNotReady() async throws {
        try await withLoop { loop, _ in
            let routes = HealthRoutes(
                loops: LoopHealth([loop]),
                checks: [{ _ in "The server is shutting down." }, { _ in "Also." }])
            #expect(try await ask("/healthz", of: routes, on: loop).head.status == .ok)
            let ready = try await ask("/readyz", of: routes, on: loop)
            #expect(ready.head.status == .serviceUnavailable)
            #expect(
                ready.text == #"{"reasons":["The server is shutting down.","Also."],"status":"unavailable"}"#)
        }
    }

    @Test func aLoopThatIsHeldUpIsFound() async throws {
        let group = try LoopGroup(count: 2)
        let gate = Gate()
        let health = LoopHealth([group.loops[1]], patience: .milliseconds(5))
        #expect(health.troubles().isEmpty)
        let held = Task { await hold(gate, on: group.loops[1]) }
        let deadline = SystemClock().now + .seconds(10)
        while health.troubles().isEmpty, SystemClock().now < deadline { await Task.yield() }
        #expect(health.troubles().first?.hasPrefix("loop-1 has not come round for ") == true)
        gate.open()
        await held.value
        while !health.troubles().isEmpty, SystemClock().now < deadline { await Task.yield() }
        #expect(health.troubles().isEmpty)
        await group.stop()
    }

    private func hold(_ gate: Gate, on loop: isolated EventLoop) { gate.wait() }

    /// Where a loop can be held on purpose.
    private final class Gate: Sendable {
        private let isOpen = Atomic(false)
        private let awaited = Atomic(false)
        var isAwaited: Bool { awaited.load(ordering: .acquiring) }
        func open() { isOpen.store(true, ordering: .releasing) }
        func wait() {
            awaited.store(true, ordering: .releasing)
            while !isOpen.load(ordering: .acquiring) { sched_yield() }
        }
    }

    @Test func whoAsksWhileTheDiskIsAskedGetsTheSameAnswer() async throws {
        let folder = try TemporaryFolder()
        let store = try Store(folder: folder.path, migrations: [])
        let writes = store.statistics.writes
        let readiness = StoreReadiness(store)
        let gate = Gate()
        async let slow: Void = store.write { _ in gate.wait() }
        try await withLoop(clock: ManualClock()) { loop, _ in
            let askers = (0..<20).map { _ in Task { await readiness.check(loop) } }
            // Those came to the loop before it, so all have asked when it is done.
            await Task { _ = loop.now }.value
            gate.open()
            for asker in askers { #expect(await asker.value == nil) }
        }
        try await slow
        #expect(store.statistics.writes == writes + 2)
        await store.close()
    }

    @Test func aStoreThatIsClosedIsNotReady() async throws {
        let folder = try TemporaryFolder()
        let store = try Store(folder: folder.path, migrations: [])
        let writes = store.statistics.writes
        let readiness = StoreReadiness(store)
        // Asked twice at one moment, and written once.
        try await withLoop(clock: ManualClock()) { loop, _ in
            #expect(await readiness.check(loop) == nil)
            #expect(await readiness.check(loop) == nil)
        }
        #expect(store.statistics.writes == writes + 1)
        await store.close()
        let after = StoreReadiness(store)
        try await withLoop { loop, _ in
            #expect(await after.check(loop) == HTTPError(StoreError.closed).sentence)
        }
    }

    /// The database may grow no further, as on a full disk: the page of a probe is written over, and what people send
    /// is refused.
    @Test func aRefusedWriteIsSaidAtOnceAndForgottenWhenThereIsRoom() async throws {
        let folder = try TemporaryFolder()
        let store = try Store(
            folder: folder.path, migrations: [Migration(1, "x", "create table sent(text text) strict")])
        let readiness = StoreReadiness(store)
        let clock = ManualClock()
        try await withLoop(clock: clock) { loop, _ in
            #expect(await readiness.check(loop) == nil)
            try await store.write { db in
                let pages = try db.first("pragma page_count") { try $0[0, as: Int.self] } ?? 0
                // Its size now, since that is more.
                _ = try db.first("pragma max_page_count = 1") { try $0[0, as: Int.self] }
                #expect(pages > 1)
            }
            await #expect(throws: StoreError.diskFull) {
                try await store.write { try $0.run("insert into sent values (hex(zeroblob(100000)))") }
            }
            #expect(await second(later: clock, readiness, on: loop) != nil)
            // A page alone would be taken.
            try await store.probe()
            for _ in 0..<20 {
                #expect(await second(later: clock, readiness, on: loop) != nil)
            }
            try await store.write { db in
                _ = try db.first("pragma max_page_count = 1000000") { try $0[0, as: Int.self] }
            }
            #expect(await second(later: clock, readiness, on: loop) == nil)
            try await store.write { try $0.run("insert into sent values (hex(zeroblob(100000)))") }
            #expect(await second(later: clock, readiness, on: loop) == nil)
        }
        await store.close()
    }

    /// One write is refused while the disk is asked for a page, which it does not answer in time.
    @Test func aProbeThatFailsHidesNobodysRefusal() async throws {
        let folder = try TemporaryFolder()
        let store = try Store(
            folder: folder.path, migrations: [Migration(1, "x", "create table sent(text text) strict")])
        let readiness = StoreReadiness(store)
        let clock = ManualClock()
        try await withLoop(clock: clock) { loop, _ in
            try await store.write { db in
                _ = try db.first("pragma max_page_count = 1") { try $0[0, as: Int.self] }
            }
            let (first, second) = (Gate(), Gate())
            let refused = Task {
                try await store.write { db in
                    first.wait()
                    try db.run("insert into sent values (hex(zeroblob(100000)))")
                }
            }
            try await eventually("the writer is held") {
                store.statistics.waitingWrites == 0 && first.isAwaited
            }
            let held = Task { try await store.write { _ in second.wait() } }
            try await eventually("the next write waits") { store.statistics.waitingWrites == 1 }
            let asked = Task { await readiness.check(loop) }
            try await eventually("the probe waits") { store.statistics.waitingWrites == 2 }
            first.open()
            await #expect(throws: StoreError.diskFull) { try await refused.value }
            #expect(await asked.value != nil)
            second.open()
            try await held.value
            #expect(await self.second(later: clock, readiness, on: loop) != nil)
        }
        await store.close()
    }

    /// What it says when a second has passed.
    private func second(
        later clock: ManualClock, _ readiness: StoreReadiness, on loop: isolated EventLoop
    ) async -> String? {
        let next = loop.now + .seconds(1)
        clock.advance(by: .seconds(1))
        await loop.sleep(until: next)
        return await readiness.check(loop)
    }
}
