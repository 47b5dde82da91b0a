import Loop
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
}
