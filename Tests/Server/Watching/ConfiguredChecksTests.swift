import Configuration
import Feeds
import Loop
import Sessions
import TestKit
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct ConfiguredChecksTests {
    private static func checks(_ items: String) throws -> [Settings.Check] {
        let yaml = "system_status: {checks: [\(items)]}"
        let file = ConfigurationFile(path: "h.yaml", bytes: Array(yaml.utf8))
        return try SettingSources(file: file, environment: ["HOME": "/"]).read { Settings($0) }.settings
            .systemStatus.checks
    }

    /// Waits until the status of the system has this in it.
    private static func shows(_ part: String, _ watch: SystemWatch) async throws -> Bool {
        let deadline = SystemClock().now + .seconds(20)
        while SystemClock().now < deadline {
            if String(decoding: try watch.look(), as: UTF8.self).contains(part) { return true }
            await Task.yield()
        }
        return false
    }

    @Test func eachCheckIsAPartOfTheStatusWithASentence() async throws {
        try await withLiveGround { ground in
            let pool = try Offload(name: "probing", threads: 2, capacity: 16)
            defer { pool.stop() }
            let board = CheckBoard()
            let watch = SystemWatch(
                folder: "/", loops: ground.group.loops, thresholds: HealthThresholds(), checks: board)
            let checks = ConfiguredChecks(
                on: board, of: ground.sessions, on: ground.group.loops, web: WebAccess(lookingUpIn: pool))
            let here = "127.0.0.1:\(ground.port)"
            try await checks.apply(
                Self.checks(
                    """
                    {name: api, http: "http://\(here)/api/v1/feeds"}, {name: nix, http: "http://\(here)/nix"},
                    {name: port, tcp: "\(here)"}, {name: closed, tcp: "127.0.0.1:1"},
                    {name: ok, command: [true]}, {name: bad, command: "echo no disk >&2; exit 2"},
                    {name: hangs, command: [sleep, 600], timeout: 100ms},
                    {name: slow, command: [sleep, 0.1], degraded_after: 1ms}
                    """))
            for part in [
                #""api":{"status":"healthy","message":"It answers with 200."}"#,
                #""nix":{"status":"down","message":"It is down: it answers with 404 Not Found."}"#,
                #""port":{"status":"healthy","message":"It takes connections."}"#,
                #""closed":{"status":"down","message":"It is down: 127.0.0.1:1 cannot be reached"#,
                #""ok":{"status":"healthy","message":"Its command exits with 0."}"#,
                #""bad":{"status":"down","message":"It is down: it exited with 2: no disk."}"#,
                #""hangs":{"status":"down","message":"It is down: it was not done in time and was stopped."}"#,
                #""slow":{"status":"degraded","message":"It is slow: it took longer than"#,
                #"{"status":"down","components":{"server""#,
            ] {
                try await #expect(Self.shows(part, watch), "\(part)")
            }
            try await checks.apply(Self.checks("{name: ok, command: [true]}, {name: bad, command: [true]}"))
            try await #expect(Self.shows(#""bad":{"status":"healthy""#, watch))
            let left = String(decoding: try watch.look(), as: UTF8.self)
            #expect(!left.contains("hangs") && !left.contains("nix") && left.contains(#""ok""#))
            #expect(await ground.sessions.snapshot().sessions(of: .watcher) == 2)
            await checks.apply([])
        }
    }
}
