import Glibc
import Loop
import TestKit
import Testing
import Wire

/// A secret of the configuration that comes in by any door is in no answer and nowhere in the database.
@Suite struct MaskTests {
    private static let settings = """
          secrets: [TEST_SECRET]
        webhooks:
          - name: hub
            kind: bearer
            secret_variable: TEST_SECRET
            mappings:
              - {event: push, workflow: says, requirement: "Of {{ payload.by }}", inputs: {text: "{{ payload.text }}"}}

        """

    @Test func whatIsSubmittedIsMaskedWhicheverWayItComes() async throws {
        let secret = TriggerGround.secret
        try await withTriggers(Self.settings) { ground, loop in
            try write(
                "inputs:\n  text: {default: none}\nphases:\n  one:\n    run: |\n"
                    + "      echo \"$HOLDFAST_REQUIREMENT|$HOLDFAST_INPUT_TEXT\"\n",
                to: ground.folder.file("workflows/says.yaml"))
            _ = try await ground.wait(for: #""name":"says""#, at: "workflows", on: loop)
            let (submitted, delivered, planned) = (
                try await ground.submit(secret, on: loop), try await ground.deliver(secret, on: loop),
                try await ground.plan(secret, on: loop)
            )
            for (task, words) in [(submitted, "a ***|***"), (delivered, "Of ***|***"), (planned, "***|***")] {
                let body = try await ground.wait(for: #""status":"SUCCEEDED""#, at: "tasks/\(task)", on: loop)
                let log = try await ground.ask(.get, "tasks/\(task)/log", on: loop).body
                #expect(log.contains(words), "\(log)")
                #expect(!body.contains(secret) && !log.contains(secret))
            }
            try await ground.misuse(secret, on: loop)
            for path in ["tasks", "features", "history", "webhooks/hub/deliveries", "audit"] {
                #expect(try await !ground.ask(.get, path, on: loop).body.contains(secret), "\(path)")
            }
            for name in ["holdfast.db", "holdfast.db-wal"] {
                let bytes = try contents(of: "\(ground.server.data)/\(name)")
                #expect(!bytes.isEmpty)
                #expect(bytes.firstRange(of: Array(secret.utf8)) == nil, "\(name)")
                #expect(bytes.firstRange(of: Array(secret.utf8.dropLast())) == nil, "\(name)")
            }
            #expect(!ground.server.program.error.text.contains(secret))
        }
    }

    private func contents(of path: String) throws -> [UInt8] {
        let file = unsafe fopen(path, "r")
        // The path is lent for the call, and the file closed behind the last read.
        guard let file = unsafe file else { throw TestFailure("\(path) is not there") }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}

extension TriggerGround {
    fileprivate func submit(_ secret: String, on loop: isolated EventLoop) async throws -> String {
        let body =
            #"{"workflow":"says","requirement":"a \#(secret)","title":"\#(secret)","inputs":{"text":"\#(secret)"}}"#
        let made = try await ask(.post, "tasks", body, on: loop)
        #expect(made.status == .created && made.body.contains(#""title":"***""#), "\(made)")
        return try #require(made.body.value(of: "id"))
    }

    /// Delivers, and delivers again from what is stored.
    fileprivate func deliver(_ secret: String, on loop: isolated EventLoop) async throws -> String {
        let answer = try await server.ask(
            .post, "/api/v1/webhooks/hub",
            headers: ["Authorization": "Bearer \(secret)", "X-Holdfast-Event": "push"],
            body: #"{"by": "\#(secret)", "text": "\#(secret)"}"#, on: loop)
        let number = try #require(answer.body.value(of: "number"), "\(answer)")
        let again = try await ask(.post, "webhooks/deliveries/\(number)/redeliver", on: loop)
        #expect(!answer.body.contains(secret) && !again.body.contains(secret))
        return try #require(again.body.value(of: "task_id"), "\(again)")
    }

    fileprivate func plan(_ secret: String, on loop: isolated EventLoop) async throws -> String {
        let made = try await ask(.post, "features", #"{"title":"x","tags":["\#(secret)"]}"#, on: loop)
        #expect(made.body.contains(#""tags":["***"]"#), "\(made)")
        let id = try #require(made.body.value(of: "id"))
        let edited = try await ask(.patch, "features/\(id)", #"{"title":"\#(secret)"}"#, on: loop)
        #expect(edited.body.contains(#""title":"***""#), "\(edited)")
        let started = try await ask(
            .post, "features/\(id)/start", #"{"workflow":"says","inputs":{"text":"\#(secret)"}}"#, on: loop)
        return try #require(started.body.value(of: "task_id"), "\(started)")
    }

    /// Says it where a name is to be said, and where it is cut off.
    fileprivate func misuse(_ secret: String, on loop: isolated EventLoop) async throws {
        let made = try await ask(.post, "features", #"{"title":"y"}"#, on: loop)
        let id = try #require(made.body.value(of: "id"))
        let started = try await ask(.post, "features/\(id)/start", #"{"workflow":"\#(secret)"}"#, on: loop)
        #expect(started.status == .unprocessableContent, "\(started)")
        #expect(try await ask(.get, "features/\(id)", on: loop).body.contains(#"no workflow \"***\""#))
        let longest = 200
        let event = String(repeating: "e", count: longest + 1 - secret.utf8.count) + secret
        let answer = try await server.ask(
            .post, "/api/v1/webhooks/hub",
            headers: ["Authorization": "Bearer \(secret)", "X-Holdfast-Event": event], body: "{}", on: loop)
        #expect(answer.body.contains(#"e***""#), "\(answer)")
    }
}
