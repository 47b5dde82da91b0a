import Store
import Testing

@Suite struct CancellationTests {
    @Test func cancellingTheTaskInterruptsItsQuery() async throws {
        try await withStore { store, _ in
            let outcome = await problem(expecting: .interrupted) {
                try await cancelledMidway { running in
                    _ = try await store.read(timeout: .seconds(60)) { db in
                        running.arrive()
                        return try db.first(endlessQuery) { try $0[0, as: Int.self] }
                    }
                }
            }
            #expect(outcome == nil)
            let count = try await store.count()
            #expect(count == 0, "the thread is there for the next")
        }
    }

    @Test func cancellingTheTaskInterruptsItsChangeAndKeepsNothingOfIt() async throws {
        try await withStore { store, _ in
            let outcome = await problem(expecting: .interrupted) {
                try await cancelledMidway { running in
                    _ = try await store.write(timeout: .seconds(60)) { db in
                        try db.run("insert into note(text) values ('half')")
                        running.arrive()
                        return try db.run(endlessInsert)
                    }
                }
            }
            #expect(outcome == nil)
            let count = try await store.count()
            #expect(count == 0)
        }
    }

    @Test func aStatementIsStoppedAtItsDeadline() async throws {
        try await withStore { store, _ in
            let outcome = await problem(expecting: .interrupted) {
                _ = try await store.read(timeout: .seconds(1)) { db in
                    try db.first(endlessQuery) { try $0[0, as: Int.self] }
                }
            }
            #expect(outcome == nil)
        }
    }

    @Test func aBodyThatSwallowsItsInterruptionIsUndoneAllTheSame() async throws {
        try await withStore { store, _ in
            let outcome = await problem(expecting: .interrupted) {
                try await cancelledMidway { running in
                    try await store.write { db in
                        try db.run("insert into note(text) values ('half')")
                        running.arrive()
                        _ = try? db.run(endlessInsert)
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
                try await cancelledMidway { running in
                    _ = try await store.write { db in
                        running.arrive()
                        for number in 0... { try db.run("insert into note(text) values (?)", "\(number)") }
                    }
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
            await happens("all wait") { store.statistics.waitingWrites == 1 }
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
