import Store
import Testing

@Suite struct ClosingTests {
    @Test func whatWasQueuedIsFinishedAndWhatComesLaterIsRefused() async throws {
        let folder = TemporaryFolder()
        let store = try Store(folder: folder.path, migrations: [notes])
        let gate = Gate()
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await problem { try await store.write { _ in gate.wait() } } }
            await gate.reached()
            for number in 0..<100 { group.addTask { await problem { try await store.add("\(number)") } } }
            await happens("all wait") { store.statistics.waitingWrites == 100 }
            group.addTask {
                await store.close(within: .seconds(60))
                return nil
            }
            await happens("it is closed") {
                await problem(expecting: .closed) { _ = try await store.count() } == nil
            }
            gate.open()
            for await problem in group { #expect(problem == nil) }
        }
        let late = await problem(expecting: .closed) { try await store.add("late") }
        #expect(late == nil)
        #expect(TemporaryFolder.entries(of: folder.path).sorted() == ["holdfast.db", "holdfast.lock"])
        let count = try await withStore(in: folder.path) { try await $0.count() }
        #expect(count == 100)
    }

    @Test func whatDoesNotEndWithinTheGraceIsStopped() async throws {
        let folder = TemporaryFolder()
        let store = try Store(folder: folder.path, migrations: [notes])
        let gate = Gate()
        let running = Task {
            await problem(expecting: .closed) {
                _ = try await store.write(timeout: .seconds(60)) { db in
                    gate.arrive()
                    return try db.run(endlessInsert)
                }
            }
        }
        await gate.reached()
        let waiting = Task { await problem(expecting: .closed) { try await store.add("never") } }
        await happens("all wait") { store.statistics.waitingWrites == 1 }
        async let once: Void = store.close(within: .milliseconds(20))
        async let twice: Void = store.close(within: .milliseconds(20))
        _ = await (once, twice)
        let outcomes = await [running.value, waiting.value]
        #expect(outcomes == [nil, nil])
    }

    @Test func everyDescriptorAndThreadIsGivenBack() async throws {
        let folder = TemporaryFolder()
        let child = try Child("reopen", folder.path)
        let reports = await child.reports(atLeast: 2)
        #expect(reports.count == 2)
        #expect(reports.first == reports.last, "descriptors and threads before and after")
    }
}
