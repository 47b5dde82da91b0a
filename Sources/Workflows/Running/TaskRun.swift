import Loop
import Sessions
import Store

/// One task from its submission to its end: a session that is `opening` while the task stands in the line, and open
/// while it runs.
///
/// Lives on one loop. Whatever ends it ends its session: the end of its work, a person, its deadline, the server's
/// own end. Giving back stops what runs, keeps what is to be kept, stores the last state with the reason, and ends
/// the log, in that order, so that who watched has seen all of it.
final class TaskRun: SessionBody, AsyncHeld, TaskJournalOwner, TimerHandler {
    let setting: TaskSetting
    /// As it was defined when the task was submitted; nil where that is not known, and `trouble` says why.
    let workflow: Workflow?
    private let trouble: DefinitionError?
    let journal: TaskJournal
    let workspace: Workspace
    let offload: Offload
    let folders: Offload
    let number: Int64
    var record: TaskRecord
    /// How it ends, once that is settled; the first that settles it counts.
    private(set) var outcome: TaskOutcome?
    private(set) var session: Session?
    private(set) var supervisor: Supervisor?
    /// The phases whose processes are there, by their places.
    var phaseRuns: [Int: PhaseRun] = [:]
    /// What is said of phases while they run is stored a few times a second.
    private var hasRemark = false
    private var remark: TimerToken?
    let owner: any TaskRunOwner
    private var stored: TaskStatus
    private var saver: Task<Void, Never>?
    private var isSaved = true
    /// What phases said of the task's state, to be merged into its document.
    private var patches: [StatePatch] = []

    init(
        _ record: TaskRecord, number: Int64, doing definition: Result<Workflow, DefinitionError>,
        setting: TaskSetting,
        journal: TaskJournal,
        workspace: Workspace, offload: Offload, folders: Offload, owner: any TaskRunOwner
    ) {
        self.record = record
        self.number = number
        (workflow, trouble) = definition.parts
        self.setting = setting
        self.journal = journal
        self.workspace = workspace
        self.offload = offload
        self.folders = folders
        self.owner = owner
        stored = record.status
    }

    /// It stands in the line from now on.
    func open(in registry: Registry, for owner: SessionOwner?, on loop: isolated EventLoop) {
        session = registry.open(.task, owner: owner, body: self, on: loop)
        journal.report(to: self, on: loop)
    }

    /// Its turn has come. It may have been ended meanwhile; then nothing begins.
    func begin(on loop: isolated EventLoop) {
        guard let session, session.opened(on: loop) else { return }
        if let trouble { return settle(TaskOutcome(.failed, .noWorkflow, trouble.sentence), on: loop) }
        record.status = .running
        record.startedAt = .now
        supervisor = session.supervise(patience: setting.patience, on: loop)
        _ = session.limit(SessionLimits(life: .seconds(record.maxDuration), notice: .zero), on: loop)
        proceed(on: loop)
    }

    /// Somebody wants it to end. Nil where it has. Comes back when that is stored: a server that is killed behind it must
    /// not have the task begin.
    func cancel(by account: String?, on loop: isolated EventLoop) async -> TaskRecord? {
        if record.status.isOver { return nil }
        let sentence = account.map { "Cancelled by \($0)." } ?? "Cancelled."
        if outcome == nil {
            record.isCancelling = true
            changed(on: loop)
            settle(TaskOutcome(.cancelled, .cancelled, sentence), on: loop)
        } else if outcome?.reason == .interrupted {
            // The server goes down, and what would begin anew behind the next start must not.
            record.isCancelling = true
            outcome = TaskOutcome(.cancelled, .cancelled, sentence)
            changed(on: loop)
        }
        let asked = record
        await saver?.value
        return asked
    }

    /// Sends a line to a phase that takes input. Why that cannot be, in a sentence.
    func send(_ text: String, to phase: String?, on loop: isolated EventLoop) -> String? {
        let taking = record.phases.indices.filter { index in
            phaseRuns[index]?.command.takesInput == true
                && (phase == nil || record.phases[index].name == phase)
        }
        guard let index = taking.first, let run = phaseRuns[index] else {
            return "No phase\(phase.map { " \($0)" } ?? "") that takes input runs now."
        }
        guard taking.count == 1 else {
            let names = taking.map { record.phases[$0].name }.joined(separator: ", ")
            return "Several phases take input now; name one of \(names)."
        }
        guard run.send(Array((text + "\n").utf8), on: loop) else {
            return "The phase \(record.phases[index].name) reads too slowly, or no more; try again later."
        }
        return nil
    }

    /// How it ends is known, and the session ends with it.
    func settle(_ outcome: TaskOutcome, on loop: isolated EventLoop) {
        if self.outcome == nil { self.outcome = outcome }
        session?.end(Ending(outcome), on: loop)
    }

    // MARK: Storing

    /// Waits until it is stored that the task runs. Before that it starts nothing: the next life of a server that is
    /// killed would take it for one that waits, and what may not run twice would.
    func storedAsRunning() async { if stored == .pending { await saver?.value } }

    /// The record is not what is stored; it will be soon, with whatever else changes until then.
    func changed(on loop: isolated EventLoop) {
        isSaved = false
        guard saver == nil else { return }
        saver = Task { await save(on: loop) }
    }

    private func save(on loop: isolated EventLoop) async {
        while !isSaved {
            isSaved = true
            do throws(StoreError) {
                try await store(on: loop)
            } catch {
                cannotStore(error, on: loop)
                break
            }
        }
        saver = nil
    }

    /// Once the journal has said so, this says it again and changes nothing.
    private func cannotStore(_ error: StoreError, on loop: isolated EventLoop) {
        owner.failed(record.id, error.description)
        settle(TaskOutcome(.failed, .notStored, "What it said cannot be stored: \(error)"), on: loop)
    }

    private func store(on loop: isolated EventLoop) async throws(StoreError) {
        let record = record
        let patches = patches
        self.patches = []
        hasRemark = false
        _ = try await journal.change(to: record, from: stored, patches: patches, on: loop)
        stored = record.status
        owner.stored(record)
        for run in phaseRuns.values where !isFull { run.resume(on: loop) }
    }

    /// Phases have said as much as is taken for now.
    var isFull: Bool { journal.isFull || patches.reduce(0) { $0 + $1.size } > StatePatch.mostBytes }

    /// Progress and figures may come by the thousand: they are stored a few times a second.
    func remarked(on loop: isolated EventLoop) {
        hasRemark = true
        if remark == nil, outcome == nil { remark = loop.arm(self, after: .milliseconds(200)) }
    }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        remark = nil
        if hasRemark { changed(on: loop) }
    }

    /// - Parameter state: a JSON object, minified.
    func merge(_ state: [UInt8]) {
        if let patch = (try? StatePatch(state)) ?? nil { patches.append(patch) }
    }

    func journalHasRoom(_ journal: TaskJournal, on loop: isolated EventLoop) {
        for run in phaseRuns.values where !isFull { run.resume(on: loop) }
    }

    func journal(_ journal: TaskJournal, failedBy error: StoreError, on loop: isolated EventLoop) {
        cannotStore(error, on: loop)
    }

    // MARK: The session

    var peer: String { "\(record.workflow) \(record.id)" }

    var holding: Holdings {
        var holdings = phaseRuns.values.reduce(Holdings.none) { $0 + $1.holding }
        if saver != nil { holdings += [.task: 1] }
        if remark != nil { holdings += [.timer: 1] }
        return holdings + journal.holding
    }

    /// To keep artifacts, to store the end, and to take the scratch folder away; each has a deadline of its own.
    var patience: Duration { .seconds(120) }

    func closing(_ ending: Ending, on loop: isolated EventLoop) {
        if let remark { loop.cancel(remark) }
        remark = nil
        if outcome == nil { outcome = TaskOutcome(ending, record) }
        for run in phaseRuns.values { run.stop(on: loop) }
    }

    /// The phases' tasks have been given back before, and with them every process.
    func giveBackSlowly(on loop: isolated EventLoop) async {
        await saver?.value
        let staysInLine = session?.reason == .serverShutdown && mayGoOn
        if staysInLine {
            await putBack(on: loop)
        } else {
            await finish(on: loop)
        }
        await journal.close(
            Ending(staysInLine ? .serverShutdown : .completed, staysInLine ? nil : "Task completed"),
            by: loop.now + .seconds(10), on: loop)
        if !staysInLine { await leaveWorkspace(on: loop) }
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        session = nil
        supervisor = nil
        owner.closed(record.id, number: number)
    }

    /// What the server's end does to it: who waits goes on waiting, and so does what its workflow lets begin anew.
    private var mayGoOn: Bool {
        !record.isCancelling
            && (record.status == .pending || (record.status == .running && workflow?.onInterrupt == .retry))
    }

    private func putBack(on loop: isolated EventLoop) async {
        guard record.status == .running else { return }
        record.beginAnew()
        await storeAtLast(on: loop)
    }

    private func finish(on loop: isolated EventLoop) async {
        let outcome = outcome ?? TaskOutcome(.failed, .stuck, "It ended without saying how.")
        record.end(as: outcome, at: .now)
        if outcome.reason != .interrupted { await keepArtifacts(on: loop) }
        await storeAtLast(on: loop)
    }

    /// What is not stored yet must be: it is the one thing that the next start would otherwise tell differently. The
    /// journal tries for half a minute; then its owner goes on trying.
    private func storeAtLast(on loop: isolated EventLoop) async {
        do throws(StoreError) {
            try await store(on: loop)
        } catch {
            owner.failed(record.id, error.description)
            owner.unstored(record, from: stored, number: number)
        }
    }
}

extension Result where Success == Workflow, Failure == DefinitionError {
    fileprivate var parts: (Workflow?, DefinitionError?) {
        switch self {
        case .success(let workflow): (workflow, nil)
        case .failure(let trouble): (nil, trouble)
        }
    }
}

extension TaskOutcome {
    /// How a task ends that was ended from outside.
    init(_ ending: Ending, _ record: TaskRecord) {
        switch ending.reason {
        case .deadline:
            let seconds = InputValue.number(record.maxDuration).text
            self.init(.failed, .deadline, "It took longer than \(seconds) s, which is as long as it may.")
        case .serverShutdown:
            self.init(.failed, .interrupted, "The server was stopped while it ran.")
        case .cancelled:
            self.init(.cancelled, .cancelled, (ending.detail ?? "Cancelled") + ".")
        default: self.init(.cancelled, .cancelled, "\(ending.sentence)")
        }
    }
}

extension Ending {
    /// What the session of a task ends with.
    init(_ outcome: TaskOutcome) {
        switch (outcome.status, outcome.reason) {
        case (.succeeded, _): self.init(.completed, "Task completed")
        case (_, .deadline): self.init(.deadline)
        case (.cancelled, _): self.init(.cancelled, String(outcome.sentence.dropLast()))
        default: self.init(.failed, outcome.reason.rawValue)
        }
    }
}
