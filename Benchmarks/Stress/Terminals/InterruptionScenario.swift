import CLinux
import Glibc
import Loop

/// Ctrl-C while a program floods, typed by one who reads and by one who does not: the program ends within 100 ms, each
/// time.
struct InterruptionScenario: Scenario {
    let name = "terminals interrupted"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let ground = try await TerminalGround.start(on: loop)
        let count = scale.pick(short: 5, full: 50)
        var (reading, told, notReading) = (Latencies(), Latencies(), Latencies())
        for _ in 0..<count {
            let times = try interruptReading(ground)
            reading.add(times.ended)
            told.add(times.told)
            notReading.add(try await interruptNotReading(ground, on: loop))
        }
        for (latencies, how) in [(reading, "reads"), (notReading, "does not read")] {
            try expect(
                latencies.longest < .milliseconds(100),
                "by one who \(how) one was interrupted only after \(latencies.longest): \(latencies)")
        }
        try await ground.finish(on: loop)
        return """
            \(count) floods by one who reads: over after \(reading), told after \(told); by one who does not: \
            \(notReading)
            """
    }

    private func interruptReading(_ ground: TerminalGround) throws -> (ended: Duration, told: Duration) {
        let id = try ground.make("/usr/bin/yes", [])
        let program = try Watched(try ground.pid(of: id))
        let visit = try TerminalVisit(id, of: ground.server)
        try visit.read(until: { visit.offset > 1_000_000 })
        let clock = SystemClock()
        let start = clock.now
        try visit.type("\u{3}")
        var ended: Duration?
        while visit.exit == nil {
            if visit.hasNews(within: 1) { try visit.read() }
            if ended == nil, program.isOver(within: 0) { ended = clock.now - start }
            try expect(!visit.isOver && clock.now - start < .seconds(20), "it goes on")
        }
        let told = clock.now - start
        try finish(visit)
        try expect(visit.gaps.isEmpty, "it was told that \(visit.gaps) are gone")
        return (ended ?? told, told)
    }

    private func interruptNotReading(_ ground: TerminalGround, on loop: isolated EventLoop) async throws
        -> Duration
    {
        let id = try ground.make("/usr/bin/yes", [])
        let program = try Watched(try ground.pid(of: id))
        let visit = try TerminalVisit(id, of: ground.server, receiveBuffer: 4096)
        try visit.read(atMost: 1000)
        try await ground.standstill(of: id, on: loop)
        let clock = SystemClock()
        let start = clock.now
        try visit.type("\u{3}")
        try expect(program.isOver(within: 20_000), "it goes on")
        let ended = clock.now - start
        // What it did not read is there for who comes now.
        let place = visit.offset
        visit.peer.reset()
        try finish(try TerminalVisit(id, of: ground.server, after: place))
        return ended
    }

    private func finish(_ visit: TerminalVisit) throws {
        try visit.readToEnd()
        try expect(
            visit.exit == "SIGINT" && visit.close == 1000,
            "it ended with \(visit.exit ?? "nothing"), \(visit.close ?? 0)")
        visit.peer.close()
    }

    /// Another's process, whose end is seen at once.
    private struct Watched: ~Copyable {
        private let raw: CInt

        init(_ pid: pid_t) throws {
            raw = hf_pidfd_open(pid)
            guard raw >= 0 else { throw SystemError("pidfd_open") }
        }

        deinit { close(raw) }

        /// - Parameter patience: milliseconds.
        func isOver(within patience: CInt) -> Bool {
            var place = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
            // The end of a child of ours interrupts it, which is none of the server's.
            var found: CInt
            repeat { found = unsafe poll(&place, 1, patience) } while found < 0 && errno == EINTR
            return found > 0
        }
    }
}
