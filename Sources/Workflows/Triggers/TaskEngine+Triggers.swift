import Synchronization

/// The engine as triggers see it.
extension TaskEngine: TaskSubmitter {
    package var secrets: SecretPatterns { setting.withLock { $0.hidden } }

    package func submit(_ wanted: WantedTask) async throws(SubmissionError) -> TaskRecord {
        let request = TaskRequest(
            workflow: wanted.workflow, requirement: wanted.requirement, inputs: wanted.inputs,
            priority: wanted.priority, origin: wanted.origin, owner: wanted.owner, idempotencyKey: wanted.key)
        do throws(TaskError) { return try await submit(request).record } catch {
            throw SubmissionError(error)
        }
    }

    package func task(_ id: TaskID) async throws(SubmissionError) -> TaskRecord? {
        do throws(TaskError) { return try await record(id) } catch .noTask {
            return nil
        } catch {
            throw SubmissionError(error)
        }
    }
}

extension SubmissionError {
    fileprivate init(_ error: TaskError) {
        switch error {
        case .noTask, .noWorkflow, .badRequest, .otherRequest: self = .refused(error.sentence)
        case .notNow, .tooMany, .closing, .store: self = .unavailable(error.sentence)
        }
    }
}
