import Glibc
import Loop
import Synchronization
import Testing

@Suite struct EventLoopTests {
    private func withLoop<T: Sendable>(_ body: (EventLoop) async throws -> T) async throws -> T {
        let group = try LoopGroup(count: 1)
        let result: Result<T, any Error>
        do { result = .success(try await body(group.loops[0])) } catch { result = .failure(error) }
        await group.stop()
        return try result.get()
    }

    @Test func codeIsolatedToALoopRunsOnItsThread() async throws {
        try await withLoop { loop in
            let first = await loop.threadID()
            let second = await loop.threadID()
            #expect(first == second)
            #expect(first != currentThread())
        }
    }

    @Test func aTurnIsCountedByHowLongItTook() async throws {
        try await withLoop { loop in
            let before = await loop.turnDurations()
            await loop.beBusy(for: .milliseconds(30))
            // The turn is counted when the loop goes to sleep.
            let deadline = SystemClock().now + .seconds(10)
            let slow = LoopPulse.bounds.firstIndex { $0 > 30_000_000 }!
            func sum(_ counts: [Int]) -> Int { counts[slow...].reduce(0, +) }
            while sum(loop.pulse.turnDurations.counts) == sum(before.counts), SystemClock().now < deadline {
                await Task.yield()
            }
            let after = loop.pulse.turnDurations
            #expect(sum(after.counts) > sum(before.counts))
            #expect(after.nanoseconds - before.nanoseconds >= 30_000_000)
            #expect(after.counts.count == LoopPulse.bounds.count + 1)
        }
    }

    @Test func timersFireInTheOrderOfTheirDeadlines() async throws {
        try await withLoop { loop in
            let order = await loop.fire(delays: [30, 10, 20])
            #expect(order == [10, 20, 30])
        }
    }

    @Test func aCancelledTimerNeverFires() async throws {
        try await withLoop { loop in
            #expect(await loop.fireOneOfTwo() == ["kept"])
            #expect(await loop.holdings.timers == 0)
        }
    }

    @Test func aSignalThatComesBeforeTheWaitIsKept() async throws {
        try await withLoop { loop in
            #expect(await loop.signalThenWait() == .signalled)
        }
    }

    @Test func aWaitEndsAtItsDeadline() async throws {
        try await withLoop { loop in
            #expect(await loop.sleep(until: loop.now + .milliseconds(5)) == .expired)
        }
    }

    @Test func cancellingATaskEndsItsWait() async throws {
        try await withLoop { loop in
            let task = Task { await loop.sleep(until: .distantFuture) }
            task.cancel()
            #expect(await task.value == .cancelled)
        }
    }

    @Test func anEventForAnEarlierTenantOfASlotIsDropped() async throws {
        try await withLoop { loop in
            let heard = try await loop.closeTheOtherPipeWhenOneIsReadable()
            #expect(heard == 1)
            #expect(await loop.holdings.watches == 0)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aLoopThatIsHeldIsReportedWithItsHolder() async throws {
        let (stalls, continuation) = AsyncStream.makeStream(of: LoopStall.self)
        let group = try LoopGroup(count: 1) { continuation.yield($0) }
        await group.loops[0].holdFor(milliseconds: 250)
        var seen = stalls.makeAsyncIterator()
        let stall = await seen.next()
        #expect(stall?.loop == "loop-0")
        #expect(stall?.holder.contains("Holder") == true)
        #expect(group.loops[0].pulse.stalls == 1)
        await group.stop()
    }

    @Test func aHundredThousandDeadlinesAreKeptAndGivenBack() async throws {
        try await withLoop { loop in
            #expect(await loop.armAndCancel(100_000) == 100_000)
            #expect(await loop.holdings.timers == 0)
        }
    }
}

private func currentThread() -> UInt { UInt(pthread_self()) }

private final class Recorder<Value>: TimerHandler {
    let value: Value
    let record: (Value) -> Void
    init(_ value: Value, _ record: @escaping (Value) -> Void) {
        self.value = value
        self.record = record
    }
    func due(_ timer: TimerToken, on loop: isolated EventLoop) { record(value) }
}

private final class Holder: TimerHandler {
    let milliseconds: Int
    init(milliseconds: Int) { self.milliseconds = milliseconds }
    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        // Busy on purpose: this is the stall that the watchdog must see.
        let end = SystemClock().now + .milliseconds(milliseconds)
        while SystemClock().now < end {}
    }
}

/// Closes the other pipe in the same batch of events in which both are ready.
private final class Closer: ReadinessHandler {
    var heard = 0
    let hasHeard = Waiter()
    var tokens: [WatchToken] = []
    var pipes: [CInt] = []

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        heard += 1
        hasHeard.signal(on: loop)
        for (token, pipe) in zip(tokens, pipes) {
            let descriptor = Descriptor(owning: pipe)
            loop.unwatch(token)
            descriptor.close()
        }
    }
}

extension EventLoop {
    fileprivate func threadID() -> UInt { UInt(pthread_self()) }

    fileprivate func fire(delays: [Int]) async -> [Int] {
        var order: [Int] = []
        let done = Waiter()
        for delay in delays {
            arm(
                Recorder(delay) {
                    order.append($0)
                }, after: .milliseconds(delay))
        }
        _ = await done.wait(until: now + .milliseconds(delays.max()! + 5), on: self)
        return order
    }

    fileprivate func fireOneOfTwo() async -> [String] {
        var fired: [String] = []
        let cancelled = arm(Recorder("cancelled") { fired.append($0) }, after: .milliseconds(1))
        arm(Recorder("kept") { fired.append($0) }, after: .milliseconds(2))
        cancel(cancelled)
        await sleep(until: now + .milliseconds(5))
        return fired
    }

    fileprivate func signalThenWait() async -> Wake {
        let waiter = Waiter()
        waiter.signal(on: self)
        return await waiter.wait(until: now + .seconds(5), on: self)
    }

    fileprivate func armAndCancel(_ count: Int) -> Int {
        let far = now + .seconds(3600)
        let tokens = (0..<count).map { index in
            arm(Recorder(index) { _ in }, at: far + .milliseconds((index * 7919) % count))
        }
        let held = holdings.timers
        for token in tokens { cancel(token) }
        return held
    }

    fileprivate func holdFor(milliseconds: Int) async {
        arm(Holder(milliseconds: milliseconds), at: now)
        await sleep(until: now + .milliseconds(1))
    }

    fileprivate func closeTheOtherPipeWhenOneIsReadable() async throws -> Int {
        let closer = Closer()
        for _ in 0..<2 {
            var ends: [CInt] = [0, 0]
            guard unsafe pipe(&ends) == 0 else { throw SystemError("pipe") }
            unsafe write(ends[1], "x", 1)
            close(ends[1])
            let descriptor = Descriptor(owning: ends[0])
            closer.tokens.append(try watch(descriptor, for: [.readable, .edge], telling: closer))
            closer.pipes.append(descriptor.release())
        }
        _ = await closer.hasHeard.wait(until: now + .seconds(10), on: self)
        // Both were ready in one batch, which is over when this goes on.
        return closer.heard
    }
}

extension EventLoop {
    fileprivate func turnDurations() -> (counts: [Int], nanoseconds: Int64) { pulse.turnDurations }

    fileprivate func beBusy(for span: Duration) {
        let end = clock.now + span
        while clock.now < end {}
    }
}
