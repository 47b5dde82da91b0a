import Glibc
import Loop
import Wire

/// A server on which terminals are made, and what it and the machine held before there were any.
struct TerminalGround {
    let server: ServerUnderTest
    /// In the environment of all that runs on its terminals.
    private let mark: String
    private let baseline: Baseline
    private let remains: TerminalRemains

    static func start(_ settings: [String: String] = [:], on loop: isolated EventLoop) async throws
        -> TerminalGround
    {
        let common = [
            // The scenarios run as whoever runs them.
            "TERMINALS_ALLOW_ROOT": "true", "TERMINALS_AFTER_HANGUP": "100ms",
            "TERMINALS_AFTER_TERMINATE": "100ms", "TERMINALS_PER_PERSON": "1000", "TERMINALS_ALL": "1000",
            "DEADLINES_WRITE_STALLED": "10m", "DEADLINES_PING_INTERVAL": "10m", "LOG_LEVEL": "warning",
            // What a failed scenario leaves behind does not go on for long.
            "TERMINALS_SURVIVE_RESTART": "20s",
        ]
        let server = try await ServerUnderTest.start(common.merging(settings) { $1 }, on: loop)
        try warm(server)
        let mark = "on-terminals-of-\(server.folder.suffix(6))"
        return TerminalGround(
            server: server, mark: mark, baseline: try await Baseline.settled(in: server, on: loop),
            remains: TerminalRemains(of: server.child.pid, mark: mark))
    }

    /// One on every loop: what the first of them makes and keeps is made by then.
    private static func warm(_ server: ServerUnderTest) throws {
        for _ in 0..<8 {
            let answer = try server.ask("POST", "/api/v1/terminals", body: #"{"command":"/bin/true"}"#)
            let visit = try TerminalVisit(try answer.object(201).text("id") ?? "", of: server)
            try visit.readToEnd()
            visit.peer.close()
        }
    }

    /// The same in another life of its server.
    func moved(to server: ServerUnderTest) -> TerminalGround {
        TerminalGround(server: server, mark: mark, baseline: baseline, remains: remains)
    }

    /// Makes one that runs a script, or a program; its id.
    func make(_ script: String) throws -> String { try make("/bin/sh", ["-c", script]) }

    func make(_ program: String, _ words: [String], environment: [String: String] = [:]) throws -> String {
        let variables = environment.merging(["STRESS_MARK": mark]) { $1 }
            .map { "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))" }.joined(separator: ",")
        let arguments = words.map { JSONText.quoted($0) }.joined(separator: ",")
        let wish = #"{"command":\#(JSONText.quoted(program)),"args":[\#(arguments)],"env":{\#(variables)}}"#
        return try server.ask("POST", "/api/v1/terminals", body: wish).object(201).text("id") ?? ""
    }

    /// What the server says of one.
    func page(of id: String) throws -> JSONObject {
        try server.ask("GET", "/api/v1/terminals/\(id)").object()
    }

    func pid(of id: String) throws -> pid_t {
        let process = try page(of: id)["process"].flatMap { JSONObject(minified: Array($0)) }
        guard let pid = process?.number("pid") else { throw StressError("\(id) has no process") }
        return pid_t(pid)
    }

    /// Stops the process that holds it, as a program may that runs as the server's user.
    func stopHolder(of id: String) throws {
        let stat = ProcFile.contents("/proc/\(try pid(of: id))/stat") ?? []
        let fields = stat[(stat.lastIndex(of: UInt8(ascii: ")")) ?? 0)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 2, let holder = pid_t(String(decoding: fields[2], as: UTF8.self)),
            kill(holder, SIGSTOP) == 0
        else { throw StressError("the holder of \(id) cannot be stopped") }
    }

    /// How many bytes the program has said.
    func offset(of id: String) throws -> Int { Int(try page(of: id).number("offset") ?? 0) }

    /// Waits until a program says nothing more, since it cannot.
    func standstill(of id: String, on loop: isolated EventLoop) async throws {
        let limit = loop.clock.now + .seconds(20)
        var (last, looks) = (-1, 0)
        while looks < 4 {
            let now = try offset(of: id)
            looks = now == last && now > 0 ? looks + 1 : 0
            last = now
            try expect(loop.clock.now < limit, "the program goes on, and nobody reads")
            // That nothing happens is seen only by looking for a while.
            await loop.sleep(until: loop.clock.now + .milliseconds(25))
        }
    }

    func end(_ id: String) throws {
        let answer = try server.ask("DELETE", "/api/v1/terminals/\(id)")
        // 404 and 409: it has ended by itself meanwhile.
        try expect(
            [202, 404, 409].contains(answer.status), "ending was answered \(answer.status) \(answer.text)")
    }

    /// So many terminals are not over.
    func living() throws -> Int {
        let samples = try server.metrics().samples("holdfast_terminals")
        return samples.reduce(0) { $1.key.contains("ended") ? $0 : $0 + Int($1.value) }
    }

    /// Waits until none is left.
    func emptied(within patience: Duration, on loop: isolated EventLoop) async throws {
        let limit = loop.clock.now + patience
        while case let count = try living(), count > 0 {
            try expect(loop.clock.now < limit, "\(count) terminals do not end")
            // Looked at again until the deadline: they end at their own pace.
            await loop.sleep(until: loop.clock.now + .milliseconds(20))
        }
    }

    /// Waits until all is as it was before the first terminal, in the server and outside of it; then it stops.
    func finish(on loop: isolated EventLoop) async throws {
        try await baseline.isRestored(in: server, within: .seconds(20), on: loop)
        let limit = loop.clock.now + .seconds(20)
        while case let now = TerminalRemains(of: server.child.pid, mark: mark), now != remains {
            try expect(loop.clock.now < limit, "there were \(remains), and are \(now)")
            await loop.sleep(until: loop.clock.now + .milliseconds(50))
        }
        let left = FolderNames.of(server.folder + "/data/terminals").filter { $0.contains(".") }
        try expect(left.isEmpty, "holders have left \(left)")
        let exit = try await server.stop(on: loop)
        try expect(exit == .exited(status: 0), "the server ended by \(exit)")
    }
}
