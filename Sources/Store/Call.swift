import Synchronization

/// The job of one call of `read` or `write`, with the task that waits for it.
final class Call<Access, Answer: Sendable>: Job {
    typealias Body = @Sendable (borrowing DatabaseConnection<Access>) throws -> Answer
    typealias Caller = CheckedContinuation<Result<Answer, StoreError>, Never>

    private enum Life {
        case unasked
        case waiting(Caller)
        case running(Caller, answer: Answer?)
        case settled
    }

    let asked = Moment.now
    let deadline: Moment
    private let body: Body
    private let life = Mutex(Life.unasked)
    private let cancelled = Atomic(false)

    init(timeout: Duration, body: @escaping Body) {
        deadline = asked + timeout
        self.body = body
    }

    /// Hands the job the task that waits for it. `false` when it was cancelled before; then it is settled.
    func wait(_ caller: Caller) -> Bool {
        let accepted = life.withLock { life in
            guard case .unasked = life else { return false }
            life = .waiting(caller)
            return true
        }
        if !accepted { caller.resume(returning: .failure(.interrupted)) }
        return accepted
    }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Called when the caller's task is cancelled: answers at once if nothing has begun, else stops what
    /// runs.
    func cancel() {
        cancelled.store(true, ordering: .relaxed)
        let unasked = life.withLock { life in
            guard case .unasked = life else { return false }
            life = .settled
            return true
        }
        if !unasked { _ = giveUp(.interrupted) }
    }

    func begin() -> Bool {
        life.withLock { life in
            guard case .waiting(let caller) = life else { return false }
            life = .running(caller, answer: nil)
            return true
        }
    }

    func perform(on database: Database) throws(StoreError) {
        let answer: Answer
        do { answer = try body(DatabaseConnection(database)) } catch {
            throw (error as? StoreError) ?? .refused(StoreError.Refusal(error))
        }
        life.withLock { life in
            guard case .running(let caller, _) = life else { return }
            life = .running(caller, answer: answer)
        }
    }

    func settle(_ error: StoreError?) {
        let (caller, answer) = life.withLock { life -> (Caller?, Answer?) in
            switch life {
            case .waiting(let caller):
                life = .settled
                return (caller, nil)
            case .running(let caller, let answer):
                life = .settled
                return (caller, answer)
            case .unasked, .settled: return (nil, nil)
            }
        }
        if let error {
            caller?.resume(returning: .failure(error))
        } else if let answer {
            caller?.resume(returning: .success(answer))
        } else {
            precondition(caller == nil, "a job was settled as done before its body had run")
        }
    }

    func giveUp(_ error: StoreError) -> Bool {
        let caller = life.withLock { life -> Caller? in
            guard case .waiting(let caller) = life else { return nil }
            life = .settled
            return caller
        }
        caller?.resume(returning: .failure(error))
        return caller != nil
    }
}
