package import Loop
package import Sessions
import Store
import Synchronization

/// What people do with tasks that are there.
extension TaskEngine {
    /// Asks for the end of a task that is not over. It is over when all that it started is gone.
    package func cancel(_ id: TaskID, by account: String?) async throws(TaskError) -> TaskRecord {
        if let run = await run(of: id),
            let record = await run.run({ run, loop in await run.cancel(by: account, on: loop) })
        {
            return record
        }
        let record = try await record(id)
        throw .notNow("The task \(id) is over: \(record.status.rawValue).")
    }

    /// Does a task that is over again, as a new one with the same inputs, which does what its workflow is defined as
    /// now: who mends a workflow wants to try that.
    ///
    /// - Parameter phase: go on from this one: what succeeded before and does not stand behind it is taken over, with
    ///   the folder in which the phases ran.
    package func retry(
        _ id: TaskID, from phase: String? = nil, by account: String?
    ) async throws(TaskError) -> TaskRecord {
        let old = try await record(id)
        guard old.status.isOver else {
            throw .notNow("The task \(id) is not over; cancel it, or wait for its end.")
        }
        var request = TaskRequest(
            workflow: old.workflow, requirement: old.requirement, inputs: old.inputs, title: old.title,
            priority: old.priority, testMode: old.testMode, maxDuration: old.maxDuration, origin: .person,
            owner: account)
        request.retryOf = id
        request.startingAt = phase
        // What an older version of the server has stored may have some in it.
        request = secrets.masked(request)
        guard workflows.workflow(named: old.workflow) != nil else {
            throw .badRequest(
                "The task \(id) cannot be done again, since its workflow \(old.workflow) is not defined now: "
                    + "\(whyNotDefined(old.workflow)).")
        }
        guard let phase else { return try await submit(request).record }
        return try await goOn(from: phase, of: old, request)
    }

    private func whyNotDefined(_ name: String) -> String {
        let files = ["\(workflows.path)/\(name).yaml", "\(workflows.path)/\(name).yml"]
        guard let problem = workflows.problems.first(where: { files.contains($0.file) }) else {
            return "its file is gone, or gives it another name"
        }
        return "its file has mistakes, the first of them \(problem)"
    }

    private func goOn(
        from phase: String, of old: TaskRecord, _ request: TaskRequest
    ) async throws(TaskError) -> TaskRecord {
        var (record, entry) = try makeRecord(for: request)
        guard entry.workflow.phases.contains(where: { $0.name == phase }) else {
            let names = record.phases.map(\.name).joined(separator: ", ")
            throw .badRequest("The workflow \(request.workflow) has no phase \"\(phase)\"; it has \(names).")
        }
        record.goOn(from: phase, of: old, in: entry.workflow)
        let id = record.id
        _ = beginning.withLock { $0.insert(id) }
        defer { _ = beginning.withLock { $0.remove(id) } }
        let folder = setting.withLock { $0.folder }
        let (left, taken) = (Workspace(data: folder, task: old.id), Workspace(data: folder, task: record.id))
        guard
            await offHand(within: .seconds(10), on: home, { (try? taken.takeWork(of: left)) ?? false })
                == true
        else {
            throw .notNow(
                "What the phases of \(old.id) left is not kept any more, or was taken by another retry; do it again "
                    + "from the first phase.")
        }
        do throws(TaskError) {
            let submitted = try await submit(record, doing: entry, request).record
            let taken = old.id
            errands.send { [store] _ in
                _ = try? await store.write { try TaskSizeTable.clearWork(of: [taken], in: $0) }
            }
            return submitted
        } catch {
            _ = await offHand(within: .seconds(10), on: home) {
                _ = try? left.takeWork(of: taken)
                try? taken.remove()
            }
            throw error
        }
    }

    /// Takes away a task that is over, and all that it left.
    package func delete(_ id: TaskID) async throws(TaskError) {
        let isGone: Bool?
        do throws(StoreError) {
            isGone = try await store.write { try TaskTable.delete(id, in: $0) }
        } catch {
            throw .store(error)
        }
        guard let isGone else { throw .noTask(id) }
        guard isGone else { throw .notNow("The task \(id) is not over; cancel it first.") }
        board.remove([id])
        // What it said goes in batches; what is left of it when the server ends goes at the next start.
        errands.send { [store] _ in try? await TaskRetention(in: store).sweep() }
        let workspace = Workspace(data: setting.withLock { $0.folder }, task: id)
        _ = await offHand(within: .seconds(30), on: home) { try? workspace.remove() }
    }

    /// Sends a line to a phase that takes input.
    package func send(_ text: String, to id: TaskID, phase: String?) async throws(TaskError) {
        guard let run = await run(of: id) else {
            _ = try await record(id)
            throw .notNow("The task \(id) is over.")
        }
        let refusal = await run.run { run, loop in run.send(text, to: phase, on: loop) }
        if let refusal { throw .notNow(refusal) }
    }

    // MARK: Looking

    package func record(_ id: TaskID) async throws(TaskError) -> TaskRecord {
        if let record = board.active(id) { return record }
        guard let stored = try await look({ try TaskTable.task(id, in: $0) }) else { throw .noTask(id) }
        return stored.record
    }

    /// A task as it is stored.
    package func stored(_ id: TaskID) async throws(TaskError) -> StoredTask {
        guard let stored = try await look({ try TaskTable.task(id, in: $0) }) else { throw .noTask(id) }
        return stored
    }

    /// What a task said, from `seq` on, about `bytes` of it; nil behind the last that is stored.
    package func events(
        of task: StoredTask, from seq: UInt64, bytes: Int = 256 << 10
    ) async throws(TaskError) -> LogBatch? {
        let kept = try await look { try EventTable.page(of: task.number, from: seq, bytes: bytes, in: $0) }
        guard !kept.isEmpty else { return nil }
        do throws(LogError) { return try LogBatch(kept: kept, from: seq) } catch {
            throw .store(.corrupt("\(error)"))
        }
    }

    /// The state document of a task, JSON.
    package func stateDocument(_ id: TaskID) async throws(TaskError) -> String {
        guard let text = try await look({ try TaskTable.state(of: id, in: $0) }) else { throw .noTask(id) }
        return text
    }

    package func list(
        _ filter: TaskFilter, before cursor: Int64?, limit: Int
    ) async throws(TaskError) -> TaskPage {
        try await look { try TaskTable.list(filter, before: cursor, limit: limit, in: $0) }
    }

    /// What a task said and says, from any loop.
    package func log(of id: TaskID, on loop: EventLoop) async throws(TaskError) -> SharedLog {
        let log: SharedLog?
        do throws(StoreError) { log = try await logs.log(of: id, on: loop) } catch { throw .store(error) }
        guard let log else { throw .noTask(id) }
        return log
    }

    /// Runs what blocks; nil where it took too long.
    func offHand<Answer: Sendable>(
        within patience: Duration, on loop: isolated EventLoop, _ body: @escaping @Sendable () -> Answer
    ) async -> Answer? {
        try? await folders.run(until: loop.now + patience, on: loop, body)
    }

    func look<Answer: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadConnection) throws -> Answer
    ) async throws(TaskError) -> Answer {
        do throws(StoreError) { return try await store.read(body) } catch { throw .store(error) }
    }
}
