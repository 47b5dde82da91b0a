import Feeds
import Loop
import Workflows

/// Puts together what the feeds `workflows`, `queue` and `adw-monitor` show. Lives on the engine's home loop.
final class TaskBoards {
    /// So many tasks that are not over are shown.
    static let most = 200
    private static let betweenLooks = Duration.seconds(2)
    /// What could not be written is tried again.
    private static let retry = Duration.seconds(2)

    private let engine: TaskEngine
    private let tally: EndedTally
    private let workflows: Feed
    private let queue: Feed
    private let monitor: Feed
    private var workflowRows = BoardRows<WorkflowsBoard.Row>()
    private var queueRows = BoardRows<QueueBoard.Row>()
    private var monitorRows = BoardRows<MonitorBoard.Row>()
    private var activities: [TaskID: TaskActivity] = [:]

    init(of engine: TaskEngine, in directory: FeedDirectory, counting tally: EndedTally) {
        self.engine = engine
        self.tally = tally
        workflows = directory.makeBuiltIn("workflows", on: engine.home)
        queue = directory.makeBuiltIn("queue", on: engine.home)
        monitor = directory.makeBuiltIn("adw-monitor", on: engine.home)
    }

    /// When to come again; nil where it is well.
    func publish(on loop: isolated EventLoop) async -> Duration? {
        let glance = await engine.glance(most: Self.most)
        let isWell = [
            workflows.say(on: loop) { try WorkflowsBoard.bytes(of: glance, &workflowRows) },
            queue.say(on: loop) { try QueueBoard.bytes(of: glance, &queueRows) },
            monitor.say(on: loop) {
                try MonitorBoard.bytes(of: glance, activities, ended: tally.summary, &monitorRows)
            },
        ]
        return isWell.contains(false) ? Self.retry : nil
    }

    /// Looks at what runs; when to look again.
    func look(on loop: isolated EventLoop) async -> Duration? {
        activities = await engine.activities()
        return activities.isEmpty ? nil : Self.betweenLooks
    }
}

extension FeedDirectory {
    func makeBuiltIn(_ text: StaticString, on home: EventLoop) -> Feed {
        guard let name = FeedName("\(text)") else { preconditionFailure("\(text) is no name") }
        return makeBuiltIn(name, on: home)
    }
}

extension Feed {
    /// Publishes what `make` makes. Where that cannot be had, the last value stands and says that it is old: false.
    func say(on loop: isolated EventLoop, _ make: () throws -> [UInt8]) -> Bool {
        do {
            let data = try make()
            // Refused only when the feed has ended, and with it whoever would read it.
            _ = try? publish(minified: data, on: loop)
            return true
        } catch {
            markStale("It could not be put together: \(error)", on: loop)
            return false
        }
    }
}
