import Loop
import Synchronization
import Workflows

/// Stands where the task engine does: remembers what was submitted, by its key, and does to the tasks what a test says.
final class TestSubmitter: TaskSubmitter {
    private struct State {
        var byKey: [String: TaskRecord] = [:]
        var wanted: [WantedTask] = []
        var refusal: SubmissionError?
        var endsAtOnce = false
        var forgotten: Set<TaskID> = []
    }

    private let state = Mutex(State())
    let secrets: SecretPatterns

    init(hiding secrets: [String] = []) { self.secrets = SecretPatterns(secrets) }

    /// Every submission, in order, those that began nothing new too.
    var wanted: [WantedTask] { state.withLock { $0.wanted } }
    var tasks: [TaskRecord] { state.withLock { Array($0.byKey.values) } }

    /// From now on nothing is begun, or again; nil: as it should be.
    func refuse(_ error: SubmissionError?) { state.withLock { $0.refusal = error } }
    /// From now on a task is over, with success, before its submitter hears of it.
    func endAtOnce() { state.withLock { $0.endsAtOnce = true } }
    func forget(_ id: TaskID) { state.withLock { _ = $0.forgotten.insert(id) } }

    /// Brings a task to `status` and returns it.
    @discardableResult
    func end(_ id: TaskID, _ status: TaskStatus, _ sentence: String? = nil) throws -> TaskRecord {
        try state.withLock { state in
            guard let key = state.byKey.first(where: { $0.value.id == id })?.key, var task = state.byKey[key]
            else { throw SubmissionError.refused("no such task") }
            task.status = status
            task.sentence = sentence
            state.byKey[key] = task
            return task
        }
    }

    func submit(_ wanted: WantedTask) async throws(SubmissionError) -> TaskRecord {
        let answer: Result<TaskRecord, SubmissionError> = state.withLock { state in
            state.wanted.append(wanted)
            if let task = state.byKey[wanted.key] { return .success(task) }
            if let refusal = state.refusal { return .failure(refusal) }
            var task = TaskRecord(
                id: .make(), workflow: wanted.workflow, title: wanted.workflow,
                requirement: wanted.requirement,
                inputs: wanted.inputs, priority: wanted.priority, testMode: false, maxDuration: 600,
                origin: wanted.origin, owner: wanted.owner, retryOf: nil, phases: [], createdAt: .now)
            if state.endsAtOnce { task.status = .succeeded }
            state.byKey[wanted.key] = task
            return .success(task)
        }
        return try answer.get()
    }

    func task(_ id: TaskID) async throws(SubmissionError) -> TaskRecord? {
        state.withLock { state in
            state.forgotten.contains(id) ? nil : state.byKey.values.first { $0.id == id }
        }
    }
}
