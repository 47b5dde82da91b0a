import Glibc
import Loop
import Synchronization
import Testing

@Suite struct OffloadTests {
    private struct Refused: Error, Equatable {}

    private func with<T: Sendable>(
        threads: Int = 1, capacity: Int = 8, _ body: @Sendable (isolated EventLoop, Offload) async throws -> T
    ) async throws -> T {
        let pool = try Offload(name: "test", threads: threads, capacity: capacity)
        defer { pool.stop() }
        return try await onLoop { loop in try await body(loop, pool) }
    }

    @Test func workRunsElsewhereAndItsResultComesBack() async throws {
        let (elsewhere, back) = try await with { loop, pool in
            let here = UInt(pthread_self())
            let there = try await pool.run(until: loop.now + .seconds(20), on: loop) { UInt(pthread_self()) }
            return (there != here, UInt(pthread_self()) == here)
        }
        #expect(elsewhere)
        #expect(back)
    }

    @Test func whatTheWorkThrowsArrives() async throws {
        await #expect(throws: Refused()) {
            try await with { loop, pool in
                try await pool.run(until: loop.now + .seconds(20), on: loop) { throw Refused() }
            }
        }
    }

    @Test func aPoolThatIsAbandonedWaitsForNobody() async throws {
        let gate = Gate()
        let pool = try Offload(name: "test", threads: 2, capacity: 8)
        try await onLoop { loop in
            let hangs = Task { [deadline = loop.now + .seconds(20)] in
                try await pool.run(until: deadline, on: loop) { gate.pass() }
            }
            await gate.reached(on: loop)
            pool.abandon()
            await #expect(throws: OffloadError.stopped) {
                try await pool.run(until: loop.now + .seconds(20), on: loop) {}
            }
            gate.open()
            try await hangs.value
        }
    }

    @Test func aFullPoolRefusesAtOnce() async throws {
        let gate = Gate()
        let outcome = try await with(capacity: 1) { loop, pool in
            // One runs, one waits, the third is one too many.
            let first = Task { [deadline = loop.now + .seconds(20)] in
                try await pool.run(until: deadline, on: loop) { gate.pass() }
            }
            await gate.reached(on: loop)
            let second = Task { [deadline = loop.now + .seconds(20)] in
                try await pool.run(until: deadline, on: loop) { 2 }
            }
            while pool.backlog == 0 { await Task.yield() }
            var refusal: OffloadError?
            do { try await pool.run(until: loop.now + .seconds(20), on: loop) {} } catch {
                refusal = error as? OffloadError
            }
            gate.open()
            try await first.value
            return (refusal, try await second.value)
        }
        #expect(outcome.0 == .overloaded)
        #expect(outcome.1 == 2)
    }

    @Test func theAskerStopsWaitingAtItsDeadlineAndQueuedWorkIsSkipped() async throws {
        let gate = Gate()
        let ran = Atomic<Bool>(false)
        let ended: OffloadError? = try await with { loop, pool in
            let first = Task { [deadline = loop.now + .seconds(20)] in
                try await pool.run(until: deadline, on: loop) { gate.pass() }
            }
            await gate.reached(on: loop)
            var ended: OffloadError?
            do {
                try await pool.run(until: loop.now + .milliseconds(5), on: loop) {
                    ran.store(true, ordering: .relaxed)
                }
            } catch { ended = error as? OffloadError }
            gate.open()
            try await first.value
            return ended
        }
        #expect(ended == .expired)
        let hasRun = ran.load(ordering: .relaxed)
        #expect(!hasRun)
    }

    @Test func cancellingTheAskerEndsItsWait() async throws {
        let gate = Gate()
        await #expect(throws: OffloadError.cancelled) {
            try await with { loop, pool in
                let asker = Task { try await pool.run(until: .distantFuture, on: loop) { gate.pass() } }
                await gate.reached(on: loop)
                asker.cancel()
                defer { gate.open() }
                try await asker.value
            }
        }
    }

    @Test func aStoppedPoolHasFinishedItsQueueAndTakesNoMore() async throws {
        let done = Counter()
        let pool = try Offload(name: "test", threads: 2, capacity: 100)
        await #expect(throws: OffloadError.stopped) {
            try await onLoop { loop in
                let deadline = loop.now + .seconds(20)
                let askers = (0..<50).map { _ in
                    Task { try await pool.run(until: deadline, on: loop) { done.count() } }
                }
                // The work stands in the queue or is done once every asker waits.
                while done.value + pool.backlog < 48 { await Task.yield() }
                pool.stop()
                var finished = 0
                for asker in askers { if case .success = await asker.result { finished += 1 } }
                #expect(finished == done.value)
                #expect(finished >= 48)
                try await pool.run(until: deadline, on: loop) {}
            }
        }
    }
}

private final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    var value: Int { number.load(ordering: .acquiring) }
    func count() { number.add(1, ordering: .releasing) }
}

/// Where a worker is held until the test lets it go.
private final class Gate: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let bar: (inner: CInt, outer: CInt)

    init() {
        var ends: [CInt] = [0, 0]
        unsafe precondition(pipe(&ends) == 0)
        bar = (ends[0], ends[1])
    }

    /// Says that it is there and waits for `open`.
    func pass() {
        arrivals.continuation.yield()
        var byte: UInt8 = 0
        _ = unsafe read(bar.inner, &byte, 1)
        close(bar.inner)
    }

    func open() { close(bar.outer) }

    func reached(on loop: isolated EventLoop) async {
        var arrivals = arrivals.stream.makeAsyncIterator()
        _ = await arrivals.next()
    }
}
