import Glibc
import Loop

/// What the server holds while nobody does anything. After each scenario it must hold exactly that again.
struct Baseline: Equatable {
    private static let names = [
        "holdfast_process_open_descriptors", "holdfast_process_threads", "holdfast_children",
        "holdfast_zombies",
        "holdfast_connections", "holdfast_websockets", "holdfast_sessions", "holdfast_held",
        "holdfast_strayed",
        "holdfast_loop_held", "holdfast_ledger_leaks_total",
    ]
    /// By name and labels: one kind of thing must not make up for another. Tasks are a kind of what is held.
    private let values: [Substring: Double]

    private init(_ metrics: Metrics) throws {
        var values: [Substring: Double] = [:]
        for name in Self.names {
            let samples = metrics.samples(name)
            try expect(!samples.isEmpty, "the server does not tell \(name)")
            values.merge(samples) { $1 }
        }
        // Those on which processes start are as many as ever started at once.
        values["holdfast_process_threads"]? -= metrics.sum("holdfast_birth_threads")
        self.values = values
    }

    /// What it holds once whoever warmed it up has gone, nobody is connected but who asks, and what it did because it
    /// was started is done: the same for as long as it looks.
    static func settled(in server: ServerUnderTest, on loop: isolated EventLoop) async throws -> Baseline {
        let limit = loop.clock.now + .seconds(20)
        var (last, since): (Baseline?, Instant) = (nil, loop.clock.now)
        while true {
            let metrics = try server.metrics()
            // A socket is given back before its session is closed, which holds more than the socket.
            let sessions = metrics.samples("holdfast_sessions").filter { !$0.key.contains("watcher") }
            if metrics.sum("holdfast_connections") == 1, sessions.values.reduce(0, +) == 1 {
                let now = try Baseline(metrics)
                if now == last, loop.clock.now >= since + .seconds(3) { return now }
                if now != last { (last, since) = (now, loop.clock.now) }
            } else {
                last = nil
            }
            try expect(loop.clock.now < limit, "those who warmed it up are still there")
            await loop.sleep(until: loop.clock.now + .milliseconds(20))
        }
    }

    /// Waits until the server holds this again; what differs when it does not within the deadline.
    func isRestored(in server: ServerUnderTest, within patience: Duration, on loop: isolated EventLoop)
        async throws
    {
        let limit = loop.clock.now + patience
        while true {
            let now = try Baseline(server.metrics())
            if now == self { return }
            try expect(loop.clock.now < limit, "not given back: \(difference(from: now))")
            // Looked at again until the deadline: the server gives back at its own pace.
            await loop.sleep(until: loop.clock.now + .milliseconds(100))
        }
    }

    private func difference(from now: Baseline) -> String {
        Set(values.keys).union(now.values.keys).sorted().compactMap { name in
            let (before, after) = (values[name], now.values[name])
            guard before != after else { return nil }
            return
                "\(name) was \(before.map { "\($0)" } ?? "not there") and is \(after.map { "\($0)" } ?? "not there")"
        }.joined(separator: ", ")
    }
}
