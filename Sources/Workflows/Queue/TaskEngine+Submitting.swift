import JSONCoding
import Loop
import Store
import Synchronization
import Wire

/// A task that was submitted, now or before by the same request.
package struct Submission: Sendable {
    package let record: TaskRecord
    package let isNew: Bool
}

extension TaskEngine {
    /// Puts a task into the line. When this comes back, the task is stored.
    ///
    /// The same request again is answered whatever has happened since: its workflow may be gone, or the line full.
    /// Secrets of the configuration are masked in what it brings, also for its phases.
    package func submit(_ request: TaskRequest) async throws(TaskError) -> Submission {
        let secrets = secrets
        if request.origin == .person, let key = request.idempotencyKey, secrets.masked(key) != key {
            throw .badRequest("The Idempotency-Key has a secret of the configuration in it; use another.")
        }
        let request = secrets.masked(request)
        if let earlier = try await earlier(request) { return earlier }
        let (record, entry) = try makeRecord(for: request)
        return try await submit(record, doing: entry, request)
    }

    private func earlier(_ request: TaskRequest) async throws(TaskError) -> Submission? {
        guard let key = request.requestKey else { return nil }
        let submission: TaskSubmission?
        do throws(StoreError) {
            submission = try await store.read { try TaskTable.earlier(key, at: .now, in: $0) }
        } catch {
            throw .store(error)
        }
        switch submission {
        case .repeated(let id): return Submission(record: try await record(id), isNew: false)
        case .conflict(let id): throw .otherRequest(id)
        case .accepted, nil: return nil
        }
    }

    /// The new task, and what it is to do, whatever becomes of its workflow from now on.
    func makeRecord(
        for request: TaskRequest
    ) throws(TaskError) -> (TaskRecord, WorkflowSnapshot.Entry) {
        guard let entry = workflows.snapshot.entry(named: request.workflow) else {
            throw .noWorkflow(request.workflow, known: workflows.all.map(\.name))
        }
        let workflow = entry.workflow
        try request.check()
        let inputs: [String: InputValue]
        do throws(InputError) { inputs = try workflow.settle(request.inputs) } catch {
            throw .badRequest("The inputs are not as the workflow wants them: \(error).")
        }
        let setting = setting.withLock { $0 }
        let record = TaskRecord(
            id: .make(), workflow: workflow.name, title: request.title ?? workflow.title,
            requirement: request.requirement, inputs: inputs, priority: request.priority,
            testMode: request.testMode, maxDuration: try setting.duration(of: request, workflow),
            origin: request.origin, owner: request.owner, retryOf: request.retryOf,
            phases: workflow.phases.map { PhaseRecord(name: $0.name, title: $0.title, needs: $0.needs) },
            createdAt: .now)
        return (record, entry)
    }

    func submit(
        _ record: TaskRecord, doing entry: WorkflowSnapshot.Entry, _ request: TaskRequest
    ) async throws(TaskError) -> Submission {
        try await checkRoom()
        let key = request.requestKey
        let position = await desk.run { desk, _ in desk.queue.takePlace(for: record.owner) }
        let submission: TaskSubmission
        do throws(StoreError) {
            submission = try await store.write { db in
                let submission = try TaskTable.insert(record, doing: entry.source, for: key, into: db)
                if case .accepted(let number) = submission {
                    try TaskQueueTable.put(number, at: position, in: db)
                }
                return submission
            }
        } catch {
            throw .store(error)
        }
        switch submission {
        case .accepted(let number):
            await enlist(
                StoredTask(number: number, record: record, firstSeq: 1, lastSeq: 1),
                doing: .success(entry.workflow), at: position)
            return Submission(record: record, isNew: true)
        case .repeated(let id): return Submission(record: try await self.record(id), isNew: false)
        case .conflict(let id): throw .otherRequest(id)
        }
    }

    private func checkRoom() async throws(TaskError) {
        let limit = setting.withLock { $0.waiting }
        let (waiting, isClosing) = await desk.run { desk, _ in (desk.queue.waiting.count, desk.isClosing) }
        if isClosing { throw .closing }
        if waiting >= limit { throw .tooMany(limit: limit) }
    }
}

extension TaskRequest {
    /// What holds for every workflow.
    fileprivate func check() throws(TaskError) {
        if requirement.utf8.count > Self.longestRequirement {
            throw .badRequest("The requirement is longer than \(Self.longestRequirement) bytes.")
        }
        if requirement.utf8.contains(0) { throw .badRequest("The requirement has a NUL in it.") }
        if let title, title.isEmpty || title.count > Self.longestTitle {
            throw .badRequest("The title must have from 1 to \(Self.longestTitle) characters.")
        }
        if !Self.priorities.contains(priority) {
            let range = Self.priorities
            throw .badRequest("The priority must be from \(range.lowerBound) to \(range.upperBound).")
        }
        if let key = idempotencyKey, key.isEmpty || key.utf8.count > Self.longestKey {
            throw .badRequest("An Idempotency-Key has from 1 to \(Self.longestKey) bytes.")
        }
    }

    fileprivate var requestKey: RequestKey? {
        idempotencyKey.map { RequestKey(owner: owner, key: $0, fingerprint: fingerprint) }
    }

    /// The same for the same request.
    private var fingerprint: String {
        var parts = [
            workflow, requirement, title ?? "", "\(priority)", "\(testMode)", "\(maxDuration ?? 0)",
            startingAt ?? "", retryOf?.text ?? "",
        ]
        parts += inputs.sorted { $0.key < $1.key }.flatMap { [$0.key, "\($0.value)"] }
        var text: [UInt8] = []
        for part in parts { JSONText.quote(part, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }
}
