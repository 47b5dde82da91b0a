package import Loop
package import Sessions
package import Store
import Synchronization

/// Everything that is done with tasks: what is submitted stands in the line, runs when its turn comes, and ends.
///
/// The line lives on the home loop; each task on one of all loops, where its processes are read and its log is said.
/// To be closed when its sessions have been drained and before the store is.
package final class TaskEngine: Sendable {
    package let workflows: WorkflowFolder
    package let logs: TaskLogs
    package let board = TaskBoard()
    package let endings = TaskEndings()
    let store: Store
    let sessions: Sessions
    let offload: Offload
    /// For what takes long in folders: a disk that is busy with that holds no phase up.
    let folders: Offload
    let setting: Mutex<TaskSetting>
    let desk: LoopBound<TaskDesk>
    let errands = Errands()
    /// Tasks whose folders are there already, and that are not stored yet.
    let beginning = Mutex<Set<TaskID>>([])
    /// What the store has of the files of workflows.
    let keptFiles = Mutex<[String: KeptFile]>([:])
    private let loops: [EventLoop]
    private let nextLoop = Atomic<Int>(0)
    private let troubled: @Sendable (TaskID, String) -> Void

    /// - Parameters:
    ///   - loops: the first of them is the home of the line.
    ///   - troubled: is told what of a task cannot be stored, and why.
    package init(
        _ setting: TaskSetting, workflows: WorkflowFolder, store: Store, sessions: Sessions, offload: Offload,
        folders: Offload,
        loops: [EventLoop], troubled: @escaping @Sendable (TaskID, String) -> Void
    ) {
        self.setting = Mutex(setting)
        self.workflows = workflows
        self.store = store
        self.sessions = sessions
        self.offload = offload
        self.folders = folders
        self.loops = loops
        self.troubled = troubled
        logs = TaskLogs(store)
        desk = LoopBound(TaskDesk(limit: setting.concurrency, errands: errands), to: loops[0])
    }

    package var home: EventLoop { desk.loop }

    /// Takes over settings that were read again; they hold for what is submitted from now on.
    package func apply(_ setting: TaskSetting) async {
        self.setting.withLock { $0 = setting }
        await desk.run { [workflows] desk, _ in
            desk.queue.limit = setting.concurrency
            desk.beginNext(by: workflows)
        }
    }

    /// Nothing begins any more; what is submitted is refused.
    package func stopBeginning() async { await desk.run { desk, _ in desk.isClosing = true } }

    /// Waits until nothing is on its way any more: when all sessions have ended.
    package func close() async {
        await errands.drain()
        await logs.drain()
        // What outlives this, the next start ends.
        guard await desk.run({ desk, _ in desk.runs.isEmpty }) else { return }
        let life = [Nursery.life]
        // If the store does not take it, the next start looks for processes that are not there.
        _ = try? await store.write { try TaskQueueTable.endLives(life, in: $0) }
    }

    // MARK: Runs

    /// The run of a task that is not over, in the line from now on.
    ///
    /// - Parameter definition: what it does, as it was when the task was submitted.
    func enlist(
        _ stored: StoredTask, doing definition: Result<Workflow, DefinitionError>, at position: Double
    ) async {
        let loop = loops[nextLoop.add(1, ordering: .relaxed).oldValue % loops.count]
        let run = await makeRun(stored, doing: definition, on: loop)
        let record = stored.record
        let entry = TaskQueue.Entry(
            id: record.id, number: stored.number, workflow: record.workflow, owner: record.owner,
            priority: record.priority, position: position, concurrency: (try? definition.get())?.concurrency)
        await desk.run { [workflows] desk, _ in desk.add(entry, run, by: workflows) }
        board.lineChanged()
    }

    private func makeRun(
        _ stored: StoredTask, doing definition: Result<Workflow, DefinitionError>, on loop: isolated EventLoop
    ) -> LoopBound<TaskRun> {
        var record = stored.record
        // They differ for tasks of a time when definitions were not kept, or where another version reads them.
        if case .success(let workflow) = definition { record.fit(to: workflow) }
        let setting = setting.withLock { $0 }
        let journal = TaskJournal(
            of: stored.number, after: stored.lastSeq, in: store, endings: endings,
            errands: logs.errands, on: loop)
        logs.register(journal.log, of: record.id)
        let run = TaskRun(
            record, number: stored.number, doing: definition, setting: setting,
            journal: journal, workspace: Workspace(data: setting.folder, task: record.id), offload: offload,
            folders: folders,
            owner: self)
        run.open(in: sessions.registry(on: loop), for: owner(of: record), on: loop)
        board.put(record)
        return LoopBound(run, on: loop)
    }

    /// Whose session it is. Tasks that were begun by the server itself are nobody's.
    private func owner(of record: TaskRecord) -> SessionOwner? {
        record.owner.map { SessionOwner(account: $0, signIn: "task \(record.id)") }
    }

    /// The run of a task that is not over.
    func run(of id: TaskID) async -> LoopBound<TaskRun>? { await desk.run { desk, _ in desk.runs[id] } }
}

extension TaskEngine: TaskRunOwner {
    func stored(_ record: TaskRecord) { board.put(record) }

    func closed(_ id: TaskID, number: Int64) {
        logs.retire(id, number: number)
        errands.send { [self] _ in
            await desk.run { [workflows] desk, _ in desk.ended(id, by: workflows) }
            board.lineChanged()
        }
    }

    func failed(_ id: TaskID, _ reason: String) { troubled(id, reason) }

    func left(_ id: TaskID, _ size: FolderSize) {
        // What is not written down is measured when folders are next cleared.
        errands.send { [store] _ in _ = try? await store.write { try TaskSizeTable.put(size, of: id, in: $0) }
        }
    }

    func unstored(_ record: TaskRecord, from status: TaskStatus, number: Int64) {
        errands.send { [self] _ in await storeLate(record, from: status, number: number, on: home) }
    }

    /// Until the store takes it, or the server ends: then the next start finds the task as it was.
    private func storeLate(
        _ record: TaskRecord, from status: TaskStatus, number: Int64, on loop: isolated EventLoop
    ) async {
        while await desk.run({ desk, _ in !desk.isClosing }) {
            await loop.sleep(until: loop.now + .seconds(1))
            do throws(StoreError) {
                let endings = endings
                try await store.write { db in
                    let encoded = try EncodedTask(record)
                    let last = try EventTable.last(of: number, in: db)
                    let row = JournalRow(
                        frames: JournalRow.stateFrame(last + 1, at: .now, encoded.json),
                        change: JournalRow.Change(task: encoded, from: status, patches: []))
                    _ = try JournalRow.write([row], of: number, at: .now, addingTo: endings, into: db)
                }
                return board.put(record)
            } catch {
                continue
            }
        }
    }
}
