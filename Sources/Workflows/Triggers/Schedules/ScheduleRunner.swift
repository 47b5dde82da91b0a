package import Loop
package import Store

/// Begins what is due, when it is due.
///
/// How far a schedule has got is stored together with what is wanted, before that is submitted: a restart neither
/// repeats a time nor forgets one. Lives on one loop; whoever starts it stops it, before the store is closed.
package final class ScheduleRunner {
    /// The clock on the wall may be set, and nobody says so.
    private static let longestNap = Duration.seconds(30)
    /// What the store or the engine did not take is tried again after this.
    private static let pause = Duration.seconds(5)

    private let store: Store
    private let submitter: any TaskSubmitter
    private let schedules: [Schedule]
    private let time: @Sendable () -> Timestamp
    private let changed: @Sendable () -> Void
    private let failed: @Sendable (StoreError) -> Void
    private let figures: TriggerFigures
    private var task: Task<Void, Never>?

    /// - Parameters:
    ///   - changed: called when a schedule has begun its task, or could not.
    ///   - failed: called when the store did not take something, which is then tried again.
    package init(
        _ schedules: [Schedule], in store: Store, submitter: any TaskSubmitter,
        figures: TriggerFigures = TriggerFigures(),
        time: @escaping @Sendable () -> Timestamp = { .now }, changed: @escaping @Sendable () -> Void = {},
        failed: @escaping @Sendable (StoreError) -> Void = { _ in }
    ) {
        self.schedules = schedules
        self.store = store
        self.submitter = submitter
        self.time = time
        self.changed = changed
        self.failed = failed
        self.figures = figures
    }

    /// Begins, with what was left over from the last life.
    package func start(on loop: isolated EventLoop) {
        precondition(task == nil, "started twice")
        task = Task { await self.run(on: loop) }
    }

    /// Comes back when nothing is done any more; within the time that the store gives one call.
    package func stop(on loop: isolated EventLoop) async {
        task?.cancel()
        await task?.value
        task = nil
    }

    /// All schedules, with their next times and what came of the last.
    package func list() async throws(TriggerError) -> ScheduleList {
        do throws(StoreError) {
            let last = try await store.read { db in try ScheduleTable.last(in: db) }
            let now = time()
            let secrets = submitter.secrets
            return ScheduleList(
                schedules: schedules.map { $0.status(at: now, last[$0.name], hiding: secrets) })
        } catch {
            throw TriggerError(error)
        }
    }

    // MARK: Details

    private func run(on loop: isolated EventLoop) async {
        var scheduler: Scheduler?
        while !Task.isCancelled {
            var nap = Self.pause
            do throws(StoreError) {
                if scheduler == nil { scheduler = try await makeScheduler() }
                if var turn = scheduler {
                    let decision = turn.decide(at: time())
                    try await advance(decision)
                    for name in decision.missed { figures.missed(name) }
                    // Only what is stored has been decided.
                    scheduler = turn
                    if try await submitOpen() { nap = self.nap(until: decision.next) }
                }
            } catch {
                if !Task.isCancelled { failed(error) }
            }
            await loop.sleep(until: loop.clock.now + nap)
        }
    }

    private func makeScheduler() async throws(StoreError) -> Scheduler {
        let known = try await store.read { db in try ScheduleTable.progress(in: db) }
        return Scheduler(schedules, known: known, now: time())
    }

    private func advance(_ decision: Scheduler.Decision) async throws(StoreError) {
        guard !decision.firings.isEmpty || !decision.progress.isEmpty else { return }
        let secrets = submitter.secrets
        try await store.write { db in try ScheduleTable.advance(decision, hiding: secrets, in: db) }
    }

    /// False where some are still to be begun.
    private func submitOpen() async throws(StoreError) -> Bool {
        let open = try await store.read { db in try ScheduleTable.open(in: db) }
        var isDone = true
        for firing in open where !Task.isCancelled {
            let (task, problem): (TaskID?, String?)
            do throws(SubmissionError) {
                (task, problem) = (try await submitter.submit(firing.wanted).id, nil)
            } catch .refused(let sentence) {
                (task, problem) = (nil, sentence)
            } catch {
                isDone = false
                continue
            }
            try await store.write { db in
                try ScheduleTable.close(firing, task: task, problem: problem, in: db)
            }
            figures.fired(firing.schedule, hasBegun: task != nil)
            changed()
        }
        return isDone
    }

    private func nap(until next: Timestamp?) -> Duration {
        guard let next else { return Self.longestNap }
        let milliseconds = max(0, next.milliseconds - time().milliseconds)
        return min(.milliseconds(milliseconds), Self.longestNap)
    }
}

extension Schedule {
    fileprivate func status(
        at now: Timestamp, _ last: ScheduleTable.Last?, hiding secrets: SecretPatterns
    ) -> ScheduleStatus {
        ScheduleStatus(
            name: name, cron: cron.text, timeZone: zone.name, workflow: workflow,
            requirement: secrets.masked(requirement),
            inputs: secrets.masked(inputs), catchUp: catchUp, priority: priority, nextAt: next(after: now),
            lastAt: last?.fired,
            lastTaskId: last?.task, lastProblem: last?.problem)
    }
}
