import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire
import Workflows

@Suite struct NotificationTests {
    private static func settings(_ port: UInt16, statuses: String = "[succeeded, cancelled]") -> String {
        """
        notifications:
          - name: chat
            url: http://127.0.0.1:\(port)/hook
            secret_variable: TEST_SECRET
            workflows: [quick, long]
            statuses: \(statuses)

        """
    }

    /// Takes one delivery, and says its body and headers when its signature is right.
    private static func take(
        from receiver: ScriptedServer, on loop: isolated EventLoop
    ) async throws -> (head: String, body: String) {
        let peer = try await receiver.accept(patience: Holdfast.patience, on: loop)
        defer { peer.close(on: loop) }
        let head = try await peer.read(through: "\r\n\r\n", on: loop)
        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name.lowercased()): ") }
                .map { String($0.dropFirst(name.count + 2)) }
        }
        let length = try #require(header("Content-Length").flatMap { Int($0) })
        let body = try await peer.read(length, on: loop)
        let signature = try #require(header("X-Holdfast-Signature-256"))
        #expect(BodySignature.isRight(signature, of: body, secret: TriggerGround.secret))
        try await peer.send("HTTP/1.1 204 No Content\r\n\r\n", on: loop)
        return (head, String(decoding: body, as: UTF8.self))
    }

    @Test func theEndOfATaskIsToldWithItsSignature() async throws {
        try await onLoop { loop in
            let receiver = try ScriptedServer(on: loop)
            defer { receiver.close(on: loop) }
            let ground = try await TriggerGround.start(
                configured: Self.settings(receiver.address.port), on: loop)
            do {
                let made = try await ground.ask(.post, "tasks", #"{"workflow":"quick"}"#, on: loop)
                let task = try #require(made.body.value(of: "id"))
                let (head, body) = try await Self.take(from: receiver, on: loop)
                #expect(head.hasPrefix("POST /hook "))
                #expect(body.contains(#""event":"task.succeeded""#) && body.contains(task))
                let list = try await ground.wait(
                    for: #""state":"delivered""#, at: "notifications", on: loop)
                #expect(list.contains(task))
                #expect(list.contains(#""targets":[{"crowded_out":0,"delivered":1,"#), "\(list)")
                #expect(
                    try await ground.ask(.get, "webhooks", on: loop).body.contains(
                        #""notifications":[{"crowded_out":0,"delivered":1,"#))
                let metrics = try await ground.server.ask(
                    .get, "/metrics", headers: ground.admin, on: loop
                ).body
                for line in [
                    "notifications_waiting{target=\"chat\"} 0", "notifications_sent_total{target=\"chat\"} 1",
                    "notifications_retried_total{target=\"chat\"} 0",
                    "notifications_given_up_total{target=\"chat\",reason=\"crowded_out\"} 0",
                ] { #expect(metrics.contains("holdfast_\(line)\n"), "\(metrics)") }
                #expect(try await ground.ask(.get, "notifications?limit=x", on: loop).status == .badRequest)
            } catch {
                await ground.server.program.stop(on: loop)
                throw error
            }
            await ground.server.program.stop(on: loop)
        }
    }

    /// Nobody listens until the server was killed, so what arrives comes from what was stored with the task's end.
    @Test func theEndOfATaskIsToldAlthoughTheServerIsKilledBehindIt() async throws {
        try await onLoop { loop in
            let reserved = try ScriptedServer(on: loop)
            let port = reserved.address.port
            reserved.close(on: loop)
            let ground = try await TriggerGround.start(configured: Self.settings(port), on: loop)
            do {
                let made = try await ground.ask(.post, "tasks", #"{"workflow":"quick"}"#, on: loop)
                let task = try #require(made.body.value(of: "id"))
                _ = try await ground.wait(for: "SUCCEEDED", at: "tasks/\(task)", on: loop)
                var receiver: ScriptedServer?
                defer { receiver?.close(on: loop) }
                try await ground.restart(
                    by: SIGKILL, meanwhile: { receiver = try ScriptedServer(at: port, on: loop) }, on: loop)
                let body = try await Self.take(from: try #require(receiver), on: loop).body
                #expect(body.contains(#""event":"task.succeeded""#) && body.contains(task))
                let list = try await ground.wait(
                    for: #""state":"delivered""#, at: "notifications", on: loop)
                #expect(list.count(of: #""delivery":"#) == 1)
            } catch {
                await ground.server.program.stop(on: loop)
                throw error
            }
            await ground.server.program.stop(on: loop)
        }
    }

    /// The task does not end before the next start finds it: that end is told too.
    @Test func theEndThatARestartFindsIsTold() async throws {
        try await onLoop { loop in
            let receiver = try ScriptedServer(on: loop)
            defer { receiver.close(on: loop) }
            let ground = try await TriggerGround.start(
                configured: Self.settings(receiver.address.port, statuses: "[failed]"), on: loop)
            do {
                let made = try await ground.ask(.post, "tasks", #"{"workflow":"long"}"#, on: loop)
                let task = try #require(made.body.value(of: "id"))
                _ = try await ground.wait(for: "RUNNING", at: "tasks/\(task)", on: loop)
                try await ground.restart(by: SIGKILL, on: loop)
                let body = try await Self.take(from: receiver, on: loop).body
                #expect(body.contains(#""reason":"interrupted""#) && body.contains(task))
            } catch {
                await ground.server.program.stop(on: loop)
                throw error
            }
            await ground.server.program.stop(on: loop)
        }
    }
}
