import Loop
import Sessions
import Synchronization
import Workflows

/// The feeds `adw-state`, one for each task that somebody listens to: each begins with its first reader and is dropped
/// some seconds after its last. Their logs live on one loop.
final class StateFeeds: Sendable {
    private struct Entry {
        var log: SharedLog
        /// The data as they were said last.
        var last: [UInt8]
    }

    private struct State {
        var entries: [TaskID: Entry] = [:]
        var changed: Set<TaskID> = []
        var removals = 0
        /// The largest number that any of them has said: who begins anew begins behind it, so that numbers never
        /// come back.
        var highest: UInt64
        var isClosed = false
    }

    static let type = EntryType("adw_state_update" as StaticString)
    /// How long one may be there that nobody listens to.
    private static let betweenSweeps = Duration.seconds(5)

    private let engine: TaskEngine
    private let bell: Bell
    private let errands = Errands()
    private let state: Mutex<State>

    /// - Parameter origin: where the feeds of this life of the server begin.
    init(of engine: TaskEngine, startingAt origin: UInt64, ringing bell: Bell) {
        self.engine = engine
        self.bell = bell
        state = Mutex(State(highest: origin))
    }

    /// For whoever observes the board, from any thread.
    func note(_ record: TaskRecord?) {
        let removals = record == nil ? engine.board.removals : nil
        let isNews = state.withLock { state in
            if let removals {
                guard state.removals != removals else { return false }
                state.removals = removals
                state.changed.formUnion(state.entries.keys)
                return !state.changed.isEmpty
            }
            guard let id = record?.id, state.entries[id] != nil else { return false }
            return state.changed.insert(id).inserted
        }
        if isNews { bell.ring() }
    }

    var count: Int { state.withLock { $0.entries.count } }

    // MARK: Listening

    /// Its log with what it is now, from any loop. Whoever asks holds it until they read.
    func log(of id: TaskID) async throws(TaskError) -> SharedLog {
        if let log = state.withLock({ $0.entries[id]?.log }) { return log }
        guard let whole = try await engine.whole(id) else { throw .noTask(id) }
        return try await make(id, whole, on: engine.home)
    }

    private func make(
        _ id: TaskID, _ whole: (record: TaskRecord, state: String), on loop: isolated EventLoop
    ) throws(TaskError) -> SharedLog {
        let (isClosed, first, living) = state.withLock { state in
            (state.isClosed, state.highest + 2, state.entries[id]?.log)
        }
        if let living { return living }
        if isClosed { throw .closing }
        let log = SharedLog(.latest, startingAt: first, errands: errands, on: loop)
        guard let data = try? StateBoard.bytes(of: whole.record, state: whole.state),
            let seq = try? log.log(on: loop).append(Self.type, data: data.span, at: .now, on: loop)
        else { throw .notNow("The state of the task \(id) is larger than a message may be.") }
        state.withLock { state in
            state.entries[id] = Entry(log: log, last: data)
            state.highest = max(state.highest, seq)
            // What has changed since it was read is read again.
            state.changed.insert(id)
        }
        bell.ring()
        return log
    }

    // MARK: Keeping up

    /// Says what has changed; when to come again.
    func publish(on loop: isolated EventLoop) async -> Duration? {
        sweep(on: loop)
        let changed = state.withLock { state in
            defer { state.changed = [] }
            return state.changed
        }
        for id in changed {
            guard state.withLock({ $0.entries[id] != nil }) else { continue }
            do throws(TaskError) {
                guard let whole = try await engine.whole(id) else {
                    end(id, on: loop)
                    continue
                }
                say(whole, of: id, on: loop)
            } catch {
                // The store does not answer: it is asked again.
                state.withLock { _ = $0.changed.insert(id) }
            }
        }
        return state.withLock { state in
            state.entries.isEmpty ? nil : state.changed.isEmpty ? Self.betweenSweeps : .seconds(1)
        }
    }

    private func say(
        _ whole: (record: TaskRecord, state: String), of id: TaskID, on loop: isolated EventLoop
    ) {
        guard let entry = state.withLock({ $0.entries[id] }),
            let data = try? StateBoard.bytes(of: whole.record, state: whole.state), data != entry.last,
            let seq = try? entry.log.log(on: loop).append(Self.type, data: data.span, at: .now, on: loop)
        else { return }
        state.withLock { state in
            state.entries[id]?.last = data
            state.highest = max(state.highest, seq)
        }
    }

    private func end(_ id: TaskID, on loop: isolated EventLoop) {
        let entry = state.withLock { $0.entries.removeValue(forKey: id) }
        entry?.log.log(on: loop).end(Ending(.completed, "Task deleted"), on: loop)
    }

    /// Drops those that nobody listens to.
    private func sweep(on loop: isolated EventLoop) {
        for id in idle(on: loop) {
            state.withLock { state in
                guard var entry = state.entries.removeValue(forKey: id) else { return }
                // Who has asked for it and does not read it yet holds it, and so does a copy on another loop.
                if !isKnownUniquelyReferenced(&entry.log) { state.entries[id] = entry }
            }
        }
    }

    private func idle(on loop: isolated EventLoop) -> [TaskID] {
        let logs = state.withLock { $0.entries.map { (id: $0.key, log: $0.value.log) } }
        return logs.filter { !$0.log.hasReaders(on: loop) }.map(\.id)
    }

    /// Ends all, and waits until none is on its way to another loop.
    func close() async {
        let logs = state.withLock { state in
            defer { state.entries = [:] }
            state.isClosed = true
            return state.entries.values.map(\.log)
        }
        for log in logs { await log.end(Ending(.serverShutdown)) }
        await errands.drain()
    }
}
