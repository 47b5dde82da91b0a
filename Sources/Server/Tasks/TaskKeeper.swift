import Loop
import Store
import Synchronization
import Workflows

/// Looks after what tasks stand on: reads workflows that have changed, every two seconds, and takes away what need not
/// be kept of tasks, at the start and once an hour, by bytes once a minute; with that also what was left in their
/// folders. To be stopped before the engine is closed.
package final class TaskKeeper: Sendable {
    private static let pause = Duration.seconds(2)
    private static let betweenShortenings = Duration.seconds(3600)
    private static let betweenMeasurings = Duration.seconds(60)

    private let engine: TaskEngine
    private let log: LogWriter
    private let bounds: Mutex<TaskRetention.Bounds>
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ engine: TaskEngine, keeping bounds: TaskRetention.Bounds, log: LogWriter) {
        self.engine = engine
        self.log = log
        self.bounds = Mutex(bounds)
    }

    deinit { precondition(task.withLock { $0 } == nil, "the tasks' keeper was not stopped") }

    func start(on loop: EventLoop) { task.withLock { $0 = Task { await self.run(on: loop) } } }

    func stop() async {
        let task = task.withLock { $0.take() }
        task?.cancel()
        await task?.value
    }

    /// Takes over settings that were read again; they hold from the next time.
    func apply(_ bounds: TaskRetention.Bounds) { self.bounds.withLock { $0 = bounds } }

    private func run(on loop: isolated EventLoop) async {
        var nextLook = loop.now + Self.pause
        var nextShortening = loop.now
        var nextMeasuring = loop.now
        while !Task.isCancelled {
            if loop.now >= nextShortening {
                nextShortening = loop.now + Self.betweenShortenings
                nextMeasuring = loop.now + Self.betweenMeasurings
                await clearFolders()
                await shorten()
            } else if loop.now >= nextMeasuring {
                nextMeasuring = loop.now + Self.betweenMeasurings
                await shortenBytes()
            }
            guard case .expired = await loop.sleep(until: nextLook) else { return }
            nextLook = loop.now + Self.pause
            if let changes = await engine.reloadWorkflows() { tell(changes) }
        }
    }

    private func clearFolders() async {
        do throws(StoreError) {
            try await engine.clearFolders()
        } catch {
            if !Task.isCancelled {
                log.warning("folders of tasks were not cleared", ["reason": .text("\(error)")])
            }
        }
    }

    private func shorten() async {
        do throws(StoreError) {
            tell(try await engine.shorten(to: bounds.withLock { $0 }))
        } catch {
            if !Task.isCancelled { log.warning("old tasks were not removed", ["reason": .text("\(error)")]) }
        }
    }

    private func shortenBytes() async {
        do throws(StoreError) {
            tell(try await engine.shortenBytes(to: bounds.withLock { $0 }))
        } catch {
            if !Task.isCancelled { log.warning("old tasks were not removed", ["reason": .text("\(error)")]) }
        }
    }

    private func tell(_ report: TaskRetention.Report) {
        guard !report.isEmpty else { return }
        log.info(
            "what need not be kept of tasks was removed",
            [
                "tasks": .number(report.tasks.count), "outputs": .number(report.logs),
                "work_folders": .number(report.work),
            ])
    }

    private func tell(_ changes: WorkflowChanges) {
        log.tell(of: changes.problems, in: engine.workflows.snapshot)
        let news = [("added", changes.added), ("changed", changes.changed), ("removed", changes.removed)]
        for (what, names) in news where !names.isEmpty {
            log.info("workflows \(what)", ["names": .text(names.joined(separator: " "))])
        }
    }
}

extension LogWriter {
    /// Mistakes in workflows.
    func tell(of problems: [WorkflowProblem], in snapshot: WorkflowSnapshot) {
        for problem in problems {
            let isSpared = snapshot.endures(problem)
            warning(
                "a workflow has a mistake" + (isSpared ? "; its last good version stays in force" : ""),
                ["mistake": .text("\(problem)")])
        }
    }
}
