import Store
import Testing

@Suite struct CancellationTests {
    @Test func cancellingTheTaskInterruptsItsQuery() async throws {
        try await withStore { store, _ in
            let gate = Gate()
            let reading = Task {
                await problem(expecting: .interrupted) {
                    _ = try await store.read(timeout: .seconds(60)) { db in
                        gate.arrive()
                        return try db.first(endlessQuery) { try $0[0, as: Int.self] }
                    }
                }
            }
            await gate.reached()
            reading.cancel()
            let outcome = await reading.value
            #expect(outcome == nil)
            let count = try await store.count()
            #expect(count == 0, "the thread is there for the next")
        }
    }

    @Test func cancellingTheTaskInterruptsItsChangeAndKeepsNothingOfIt() async throws {
        try await withStore { store, _ in
            let gate = Gate()
            let writing = Task {
                await problem(expecting: .interrupted) {
                    _ = try await store.write(timeout: .seconds(60)) { db in
                        try db.run("insert into note(text) values ('half')")
                        gate.arrive()
                        return try db.run(endlessInsert)
                    }
                }
            }
            await gate.reached()
            writing.cancel()
            let outcome = await writing.value
            #expect(outcome == nil)
            let count = try await store.count()
            #expect(count == 0)
        }
    }

    @Test func aBodyThatSwallowsItsInterruptionIsUndoneAllTheSame() async throws {
        try await withStore { store, _ in
            let outcome = await problem(expecting: .interrupted) {
                try await store.write(timeout: .milliseconds(50)) { db in
                    try db.run("insert into note(text) values ('half')")
                    do { try db.run(endlessInsert) } catch {
                        try? { _ = try db.run("insert into note(text) values ('x')") }()
                    }
                }
            }
            #expect(outcome == nil)
            let count = try await store.count()
            #expect(count == 0)
        }
    }

    @Test func aBodyOfManyShortStatementsIsStoppedToo() async throws {
        try await withStore { store, _ in
            let outcome = await problem(expecting: .interrupted) {
                _ = try await store.write(timeout: .milliseconds(50)) { db in
                    for number in 0... { try db.run("insert into note(text) values (?)", "\(number)") }
                }
            }
            #expect(outcome == nil)
            let count = try await store.count()
            #expect(count == 0)
        }
    }

    @Test func whatIsCancelledWhileItWaitsNeverRunsAndIsAnsweredAtOnce() async throws {
        try await withStore { store, _ in
            let gate = Gate()
            let ahead = Task { await problem { try await store.write { _ in gate.wait() } } }
            await gate.reached()
            let waiting = Task { await problem(expecting: .interrupted) { try await store.add("never") } }
            await eventually { store.statistics.waitingWrites == 1 }
            waiting.cancel()
            let outcome = await waiting.value
            #expect(outcome == nil, "answered although the writer is still held")
            gate.open()
            let first = await ahead.value
            #expect(first == nil)
            let count = try await store.count()
            #expect(count == 0)
        }
    }

    @Test func whatWaitsPastItsDeadlineIsBusyEvenWhenTheWriterIsStuck() async throws {
        try await withStore { store, _ in
            let gate = Gate()
            let ahead = Task { await problem { try await store.write { _ in gate.wait() } } }
            await gate.reached()
            let late = await problem(expecting: .busy) {
                _ = try await store.write(timeout: .milliseconds(30)) { db in try db.run("delete from note") }
            }
            #expect(late == nil)
            gate.open()
            let first = await ahead.value
            #expect(first == nil)
        }
    }

    @Test func aTaskThatIsAlreadyCancelledDoesNotEvenWait() async throws {
        try await withStore { store, _ in
            let outcome = await Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return await problem(expecting: .interrupted) { try await store.add("never") }
            }.value
            #expect(outcome == nil)
            let count = try await store.count()
            #expect(count == 0)
        }
    }
}
