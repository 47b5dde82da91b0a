import Feeds
import Loop
import Sessions
import Synchronization
import Workflows

/// The feeds of the server's own that show tasks. The engine's board tells of each change; what is shown is put
/// together on the engine's home loop, at once where nothing was said for a while, else with whatever else changes
/// within 5 ms. To be stopped before the engine is closed.
final class TaskFeeds: Sendable {
    private static let pause = Duration.milliseconds(5)
    /// The figures of the history are counted anew each time.
    private static let historyPause = Duration.milliseconds(200)
    private static let activityPause = Duration.milliseconds(200)

    let states: StateFeeds
    private let engine: TaskEngine
    private let pumps: [BoardPump]

    /// - Parameters:
    ///   - directory: their routes are among those of `FeedEndpoints` when they are made first.
    ///   - origin: where the feeds of this life of the server begin.
    init(of engine: TaskEngine, in directory: FeedDirectory, startingAt origin: UInt64) {
        self.engine = engine
        let home = engine.home
        let (line, history, activity, state) = (
            Bell(on: home), Bell(on: home), Bell(on: home), Bell(on: home)
        )
        states = StateFeeds(of: engine, startingAt: origin, ringing: state)
        let tally = EndedTally(at: engine.board.removals)
        let boards = LoopBound(TaskBoards(of: engine, in: directory, counting: tally), to: home)
        let past = directory.makeBuiltIn("workflow-history", on: home)
        pumps = [
            BoardPump(ringing: line, atMostEvery: Self.pause, on: home) { loop in
                await boards.open(on: loop).publish(on: loop)
            },
            BoardPump(ringing: activity, atMostEvery: Self.activityPause, on: home) { loop in
                let again = await boards.open(on: loop).look(on: loop)
                line.ring()
                return again
            },
            BoardPump(ringing: history, atMostEvery: Self.historyPause, on: home) { loop in
                await HistoryFeed(engine: engine, feed: past).publish(on: loop)
            },
            BoardPump(ringing: state, atMostEvery: Self.pause, on: home) { [states] loop in
                await states.publish(on: loop)
            },
        ]
        engine.board.observe { [states, board = engine.board] record in
            if tally.note(record, removals: board.removals) { history.ring() }
            states.note(record)
            line.ring()
            if record?.status == .running { activity.ring() }
        }
    }

    /// With what there is now.
    func start() { for pump in pumps { pump.start() } }

    func stop() async {
        for pump in pumps { await pump.stop() }
        await states.close()
    }
}

/// How many tasks ended since the server's start, told from any thread.
final class EndedTally: Sendable {
    private struct State {
        var summary = MonitorBoard.Summary()
        var removals: Int
    }

    private let state: Mutex<State>

    init(at removals: Int) { state = Mutex(State(removals: removals)) }

    var summary: MonitorBoard.Summary { state.withLock { $0.summary } }

    /// Whether the history is another with it: a task is over, or some were deleted.
    func note(_ record: TaskRecord?, removals: Int) -> Bool {
        state.withLock { state in
            if let record {
                state.summary.count(record.status)
                return record.status.isOver
            }
            defer { state.removals = removals }
            return state.removals != removals
        }
    }
}
