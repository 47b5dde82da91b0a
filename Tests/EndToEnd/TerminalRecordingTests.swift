import Glibc
import Loop
import Terminals
import TestKit
import Testing
import Wire

/// What is recorded of a terminal, and for whom.
@Suite struct TerminalRecordingTests {
    private static let script = "stty -echo; printf ready; read line; echo said; stty size"

    private func record(
        _ more: String, _ ground: TerminalServer, on loop: isolated EventLoop
    ) async throws -> (id: String, status: HTTPStatus, body: String) {
        let id = try await ground.make(Self.script, more: more, on: loop)
        let visitor = try await ground.come(to: id, "?cols=70&rows=20", on: loop)
        try await visitor.hear("ready", on: loop)
        visitor.type("secret\r", on: loop)
        _ = try await visitor.hearTheEnd(on: loop)
        let answer = try await ground.ask(.get, "terminals/\(id)/recording", on: loop)
        return (id, answer.status, answer.body)
    }

    @Test func whatIsSaidIsRecordedWhereThatIsAskedForAndNothingThatIsTyped() async throws {
        try await withTerminals { ground, loop in
            let (id, status, body) = try await record(#","recording":true"#, ground, on: loop)
            #expect(status == .ok)
            let lines = body.split(separator: "\n")
            #expect(lines[0].contains(#""version": 2"#))
            #expect(lines.contains { $0.contains(#""r", "70x20""#) }, "\(body)")
            #expect(body.contains("said") && body.contains("20 70") && !body.contains("secret"))
            #expect(
                try await ground.ask(.get, "terminals/\(id)", on: loop).body.contains(#""is_recording":true"#)
            )
            let other = try await ground.server.bearer("bob", role: "operator", on: loop)
            #expect(
                try await ground.ask(.get, "terminals/\(id)/recording", as: other, on: loop).status
                    == .notFound)

            let silent = try await record("", ground, on: loop)
            #expect(silent.status == .notFound)
        }
    }

    @Test func templatesAndTheConfigurationSayWhatIsRecordedToo() async throws {
        let more = """
              recording: true
              templates:
                - {name: none, any_command: true, allow_root: true, recording: false}
                - {name: all, any_command: true, allow_root: true, record_input: true}

            """
        try await withTerminals(more) { ground, loop in
            #expect(try await record("", ground, on: loop).status == .ok)
            #expect(try await record(#","template":"none""#, ground, on: loop).status == .notFound)
            let all = try await record(#","template":"all""#, ground, on: loop)
            #expect(all.body.contains(#""i", "secret\r""#), "\(all)")
        }
    }

    @Test func aDownloadHasAllThatWasSaidUntilThen() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make(Self.script, more: #","recording":true"#, on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("ready", on: loop)
            let body = try await ground.ask(.get, "terminals/\(id)/recording", on: loop).body
            #expect(body.contains(#""o", "ready"]"#), "\(body)")
        }
    }

    @Test func aServerThatIsKilledLosesNothingOfARecordingAndDoublesNothing() async throws {
        try await onLoop { loop in
            let folder = try TemporaryFolder()
            let file = folder.file("holdfast.yaml")
            // What is said while there is no server fits the window.
            try write("terminals: {allow_root: true, recording: true, window: 64MiB}\n", to: file)
            let environment = ["HOLDFAST_CONFIG": file]
            var server = try await RunningServer.start(in: folder, environment: environment, on: loop)
            let bearer = try await server.bearer("ci", on: loop)
            let script = """
                i=0; while [ $i -lt 24000 ]; do i=$((i+1)); echo "größer €$i"
                [ $((i % 200)) = 0 ] && sleep 0.04; done; while ! test -e \(folder.file("go")); do sleep 0.01; done
                """
            let said = (1...24_000).map { "größer €\($0)\r\n" }.joined()
            var ground = TerminalServer(server: server, bearer: bearer)
            do {
                let id = try await ground.make(script, on: loop)
                for count in [40_000, 120_001, 200_002, said.utf8.count] {
                    let visitor = try await ground.come(to: id, on: loop)
                    try await visitor.hear({ $0.bytes.count >= count }, on: loop)
                    if count == said.utf8.count { break }
                    server.program.child.signal(SIGKILL)
                    await server.program.stop(on: loop)
                    visitor.abort(on: loop)
                    server = try await RunningServer.start(in: folder, environment: environment, on: loop)
                    ground = TerminalServer(server: server, bearer: bearer)
                }
                let body = try await ground.ask(.get, "terminals/\(id)/recording", on: loop).body
                var reader = AsciicastReader()
                let events = try reader.read(Array(body.utf8)) + reader.finish()
                #expect(
                    events.map { if case .output(let text) = $0.what { text } else { "" } }.joined() == said)
                #expect(!events.contains { if case .other = $0.what { true } else { false } })
                try write("", to: folder.file("go"))
                try await ground.wait(for: #""state":"ended""#, of: id, on: loop)
            } catch {
                await server.program.stop(on: loop)
                throw error
            }
            await server.program.stop(on: loop)
        }
    }

    @Test func oldRecordingsGoAlsoWhereTerminalsAreSwitchedOff() async throws {
        try await onLoop { loop in
            let folder = try TemporaryFolder()
            let (file, recordings) = (folder.file("holdfast.yaml"), folder.file("data/recordings"))
            try write("terminals: {enabled: false, recordings_keep: 1h}\n", to: file)
            for path in [folder.file("data"), recordings] {
                #expect(unsafe mkdir(path, 0o700) == 0)
            }
            let (old, new) = ("\(recordings)/cccccccccc.cast", "\(recordings)/bbbbbbbbbb.cast")
            for path in [old, new] { try write("{}", to: path) }
            let then = timespec(tv_sec: time(nil) - 7200, tv_nsec: 0)
            #expect(unsafe utimensat(AT_FDCWD, old, [then, then], 0) == 0)
            let server = try await RunningServer.start(
                in: folder, environment: ["HOLDFAST_CONFIG": file], on: loop)
            do {
                try await eventually("the old one is gone") { unsafe access(old, F_OK) != 0 }
            } catch {
                await server.program.stop(on: loop)
                throw error
            }
            await server.program.stop(on: loop)
            #expect(unsafe access(new, F_OK) == 0)
        }
    }
}
