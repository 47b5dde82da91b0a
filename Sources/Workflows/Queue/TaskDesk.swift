import Loop
import Sessions

/// The line of tasks and those that run, on the engine's home loop.
final class TaskDesk {
    var queue: TaskQueue
    /// All that are not over.
    var runs: [TaskID: LoopBound<TaskRun>] = [:]
    var isClosing = false
    /// The server is not there for anybody yet: nothing begins before it is.
    var isHeld = true
    /// For who changes the line in more than one step.
    let turns = LineTurns()
    /// Ended before they stood in the line.
    private var early: Set<TaskID> = []
    /// What has still to be told to runs on other loops.
    private let errands: Errands

    init(limit: Int, errands: Errands) {
        queue = TaskQueue(limit: limit)
        self.errands = errands
    }

    func add(_ entry: TaskQueue.Entry, _ run: LoopBound<TaskRun>, by workflows: WorkflowFolder) {
        if early.remove(entry.id) != nil { return }
        runs[entry.id] = run
        queue.add(entry)
        beginNext(by: workflows)
    }

    /// Lets begin what may.
    func beginNext(by workflows: WorkflowFolder) {
        guard !isClosing, !isHeld else { return }
        // How many may run is a rule of the line, and holds as it is now; where it is gone, as tasks brought it.
        while let id = queue.next(concurrency: { entry in
            if let workflow = workflows.workflow(named: entry.workflow) { return workflow.concurrency }
            return entry.concurrency
        }) {
            guard let run = runs[id] else {
                queue.ended(id)
                continue
            }
            errands.send { _ in await run.run { run, loop in run.begin(on: loop) } }
        }
    }

    func ended(_ id: TaskID, by workflows: WorkflowFolder) {
        if runs.removeValue(forKey: id) == nil { early.insert(id) }
        queue.remove(id)
        queue.ended(id)
        beginNext(by: workflows)
    }
}
