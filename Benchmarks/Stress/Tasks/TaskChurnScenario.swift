import Glibc
import Loop
import TestKit
import Wire

/// Many tasks that are submitted, run and cancelled at random moments while readers come and go: each ends once, each
/// reader that stays hears the end, and the server holds afterwards what it held before.
struct TaskChurnScenario: Scenario {
    let name = "tasks come and go"

    /// So many tasks are under way at one time.
    private static let mostLiving = 40

    private struct Watch {
        let peer: Peer
        let task: String
    }

    private struct State {
        var random: SeededRandom
        var living: [String] = []
        var watches: [Watch] = []
        var endings: [String: Int] = [:]
        var heard = 0
    }

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        var random = scale.random
        let workflows = StressWorkflows(seed: random.next() % 1_000_000)
        defer { workflows.removeDiary() }
        let server = try await ServerUnderTest.start(
            [
                "TASKS_CONCURRENCY": "16", "TASKS_AFTER_INTERRUPT": "100ms", "TASKS_AFTER_TERMINATE": "100ms",
                "LOG_LEVEL": "warning",
            ], workflows: workflows.definitions, on: loop)
        let count = scale.pick(short: 100, full: 500)
        var state = State(random: SeededRandom(seed: random.next()))
        // All that is made once and kept is made by then: threads, watchers, connections of the database.
        try churn(Self.mostLiving, server, &state)
        let baseline = try await Baseline.settled(in: server, on: loop)
        state.endings = [:]
        state.heard = 0
        let start = loop.clock.now
        try churn(count, server, &state)
        let took = loop.clock.now - start
        try await baseline.isRestored(in: server, within: .seconds(20), on: loop)
        let left = MarkedProcesses(mark: workflows.mark).ids
        try expect(left.isEmpty, "all tasks are over, and not their processes: \(left)")
        let over = state.endings.values.reduce(0, +)
        try expect(over == count, "\(over) of \(count) tasks have ended")
        let exit = try await server.stop(on: loop)
        try expect(exit == .exited(status: 0), "the server ended by \(exit)")
        let endings = state.endings.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return """
            \(count) tasks in \(took.milliseconds) ms (\(endings.joined(separator: ", "))), \(state.heard) readers \
            heard an end, all given back
            """
    }

    /// Submits so many, and goes on until all are over and nobody watches.
    private func churn(_ count: Int, _ server: ServerUnderTest, _ state: inout State) throws {
        var submitted = 0
        let limit = SystemClock().now + .seconds(300)
        while submitted < count || !state.living.isEmpty || !state.watches.isEmpty {
            if submitted < count, state.living.count < Self.mostLiving {
                try submit(to: server, &state)
                submitted += 1
            }
            if Int.random(in: 0..<4, using: &state.random) == 0 { try cancel(on: server, &state) }
            if Int.random(in: 0..<2, using: &state.random) == 0 { try come(to: server, &state) }
            if Int.random(in: 0..<4, using: &state.random) == 0 { leave(&state) }
            try hear(&state)
            if submitted == count || state.living.count == Self.mostLiving { try look(at: server, &state) }
            try expect(SystemClock().now < limit, "these do not end: \(state.living)")
        }
    }

    private func submit(to server: ServerUnderTest, _ state: inout State) throws {
        let workflow = StressWorkflows.names.randomElement(using: &state.random)!
        let answer = try server.ask("POST", "/api/v1/tasks", body: #"{"workflow":"\#(workflow)"}"#)
        state.living.append(try answer.object(201).text("id") ?? "")
    }

    private func cancel(on server: ServerUnderTest, _ state: inout State) throws {
        guard let id = state.living.randomElement(using: &state.random) else { return }
        let answer = try server.ask("POST", "/api/v1/tasks/\(id)/cancel")
        try expect([202, 409].contains(answer.status), "cancelling was answered \(answer.text)")
    }

    /// A reader, some of them of a task that is over already.
    private func come(to server: ServerUnderTest, _ state: inout State) throws {
        guard let task = state.living.randomElement(using: &state.random), state.watches.count < 60 else {
            return
        }
        let peer = try Peer(port: server.port)
        try peer.upgrade("/api/v1/ws/tasks/\(task)", token: server.token)
        state.watches.append(Watch(peer: peer, task: task))
    }

    /// One goes without a word.
    private func leave(_ state: inout State) {
        guard let index = state.watches.indices.randomElement(using: &state.random) else { return }
        let peer = state.watches.remove(at: index).peer
        if Bool.random(using: &state.random) { peer.reset() } else { peer.close() }
    }

    private func hear(_ state: inout State) throws {
        var waiting = state.watches.map { pollfd(fd: $0.peer.raw, events: Int16(POLLIN), revents: 0) }
        // The end of a child may interrupt it; then nobody is heard this time.
        let isReady = unsafe poll(&waiting, nfds_t(waiting.count), 5) > 0
        guard isReady || state.watches.contains(where: \.peer.hasUnread) else { return }
        var gone: Set<CInt> = []
        for (watch, found) in zip(state.watches, waiting) where found.revents != 0 || watch.peer.hasUnread {
            for message in try watch.peer.messages() {
                switch message {
                case .text: break
                case .ping: try watch.peer.send(Peer.frame(.pong, ""))
                case .close(let code):
                    try expect(code == 1000, "a reader of \(watch.task) was told \(code ?? 0)")
                    state.heard += 1
                    gone.insert(watch.peer.raw)
                case .cut: throw StressError("a reader of \(watch.task) was cut")
                }
            }
        }
        for watch in state.watches where gone.contains(watch.peer.raw) { watch.peer.close() }
        state.watches.removeAll { $0.peer.raw < 0 }
    }

    /// Who is over is counted.
    private func look(at server: ServerUnderTest, _ state: inout State) throws {
        state.living = try state.living.filter { id in
            let record = try server.ask("GET", "/api/v1/tasks/\(id)").object()
            guard let reason = record.text("reason") else { return true }
            state.endings[reason, default: 0] += 1
            return false
        }
    }
}
