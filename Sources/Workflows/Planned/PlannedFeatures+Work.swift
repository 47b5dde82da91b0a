extension PlannedFeatures {
    /// Begins a task for it; from then on its status follows the task. What is wanted is stored before it is
    /// submitted, and a caller who goes away does not stop it in between.
    package func start(
        _ id: Int64, _ start: FeatureStart, by owner: String?
    ) async throws(PlannedError) -> PlannedFeature {
        try await uncancelled { () async throws(PlannedError) in
            let wanted = try await self.claim(id, start, by: owner)
            return try await self.submit(wanted, for: id)
        }
    }

    /// To be told of every change of a task.
    package func taskChanged(_ task: TaskRecord) async throws(PlannedError) {
        guard task.origin == .feature, task.status.isOver else { return }
        let now = time()
        try await write { db in
            guard let id = try FeatureTable.worked(on: task.id, in: db) else { return }
            var feature = try FeatureTable.feature(id, in: db)
            feature.end(with: task)
            try FeatureTable.update(&feature, wanted: nil, at: now, in: db)
        }
    }

    /// After a restart, once tasks can be submitted: begins what was wanted and not begun, and takes over the ends of
    /// tasks that nobody heard of.
    package func recover() async throws(PlannedError) {
        for (id, task, wanted) in try await read({ db in try FeatureTable.workedOn(in: db) }) {
            if let task {
                try await settle(id, task)
            } else if let wanted = wanted.flatMap({ try? WantedTask(stored: $0) }) {
                // One that cannot be begun now is planned again, and says why: the others go on.
                do throws(PlannedError) { _ = try await submit(wanted, for: id) } catch {
                    guard case .noTask = error else { throw error }
                }
            } else {
                try await free(id, because: "It is not known which task was to work on it.")
            }
        }
    }

    // MARK: Details

    private func claim(
        _ id: Int64, _ start: FeatureStart, by owner: String?
    ) async throws(PlannedError) -> WantedTask {
        let (now, secrets) = (time(), submitter.secrets)
        return try await write { db in
            var feature = try FeatureTable.feature(id, in: db)
            guard !feature.isWorkedOn else { throw PlannedError.workedOn }
            guard feature.status == .planned || feature.status == .inProgress else {
                throw PlannedError.notPlanned(feature.status)
            }
            let wanted = secrets.masked(
                WantedTask(
                    key: "feature-\(id)-\(feature.version)", workflow: secrets.masked(start.workflow),
                    requirement: feature.requirement, inputs: start.inputs ?? [:],
                    priority: start.priority ?? feature.priority, origin: .feature, owner: owner))
            feature.status = .inProgress
            feature.isWorkedOn = true
            feature.taskID = nil
            feature.remark = nil
            try FeatureTable.update(&feature, wanted: wanted, at: now, in: db)
            return wanted
        }
    }

    private func submit(_ wanted: WantedTask, for id: Int64) async throws(PlannedError) -> PlannedFeature {
        let task: TaskRecord
        do throws(SubmissionError) {
            task = try await submitter.submit(wanted)
        } catch {
            try await free(id, because: "No task was begun: \(error)")
            throw .noTask(error)
        }
        let now = time()
        try await write { db in
            var feature = try FeatureTable.feature(id, in: db)
            feature.taskID = task.id
            try FeatureTable.update(&feature, wanted: nil, at: now, in: db)
        }
        // It may have ended before anybody could know whose it is.
        try await settle(id, task.id)
        return try await feature(id)
    }

    /// Takes over the end of the task, if it has ended.
    private func settle(_ id: Int64, _ task: TaskID) async throws(PlannedError) {
        let record: TaskRecord?
        do throws(SubmissionError) { record = try await submitter.task(task) } catch { throw .noTask(error) }
        if let record {
            try await taskChanged(record)
        } else {
            try await free(id, because: "Task \(task) was deleted.")
        }
    }

    /// No task works on it any more.
    private func free(_ id: Int64, because reason: String) async throws(PlannedError) {
        let now = time()
        try await write { db in
            var feature = try FeatureTable.feature(id, in: db)
            guard feature.isWorkedOn else { return }
            feature.isWorkedOn = false
            feature.status = .planned
            feature.remark = reason
            try FeatureTable.update(&feature, wanted: nil, at: now, in: db)
        }
    }
}

extension PlannedFeature {
    /// Its task is over.
    fileprivate mutating func end(with task: TaskRecord) {
        isWorkedOn = false
        if task.status == .succeeded {
            status = .completed
            remark = nil
        } else {
            status = .planned
            let how = task.status == .cancelled ? "was cancelled" : "failed"
            remark = "Task \(task.id) \(how)" + (task.sentence.map { ": \($0)" } ?? ".")
        }
    }
}
