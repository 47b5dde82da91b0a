import Glibc
import Loop
import TestKit
import Testing
import Wire
import Workflows

@Suite struct WebhookTests {
    private static let settings = """
        webhooks:
          - name: hub
            kind: github
            secret_variable: TEST_SECRET
            mappings:
              - event: push
                filter: {repository.name: hold*}
                workflow: quick
                requirement: "{{ event }} by {{ payload.pusher }}"
                inputs: {branch: "{{ payload.ref }}"}
              - {event: gone, workflow: nowhere}
          - name: plain
            kind: bearer
            secret_variable: TEST_SECRET
            mappings:
              - workflow: quick

        """

    private static let body = #"{"ref":"main","pusher":"ann","repository":{"name":"holdfast"}}"#

    private static func deliver(
        _ body: String, event: String = "push", as delivery: String, signedWith secret: String,
        to ground: TriggerGround, on loop: isolated EventLoop
    ) async throws -> (status: HTTPStatus, body: String) {
        try await ground.server.ask(
            .post, "/api/v1/webhooks/hub",
            headers: [
                "X-GitHub-Event": event, "X-GitHub-Delivery": delivery,
                "X-Hub-Signature-256": BodySignature.make(of: Array(body.utf8), secret: secret),
            ], body: body, on: loop)
    }

    @Test func aSignedDeliveryBeginsOneTaskHoweverOftenItComes() async throws {
        try await withTriggers(Self.settings) { ground, loop in
            let first = try await Self.deliver(
                Self.body, as: "d-1", signedWith: TriggerGround.secret, to: ground, on: loop)
            #expect(first.status == .accepted, "\(first.body)")
            let task = try #require(first.body.value(of: "task_id"))
            let record = try await ground.wait(for: "SUCCEEDED", at: "tasks/\(task)", on: loop)
            #expect(record.contains(#""requirement":"push by ann""#))
            #expect(record.contains(#""branch":"main""#))
            #expect(record.contains(#""origin":"webhook""#))
            let again = try await Self.deliver(
                Self.body, as: "d-1", signedWith: TriggerGround.secret, to: ground, on: loop)
            #expect(again.status == .ok)
            #expect(again.body.value(of: "task_id") == task && again.body.contains(#""is_replay":true"#))
            // An attacker who overheard it cannot have it begin another by another name.
            let renamed = try await Self.deliver(
                Self.body, as: "d-2", signedWith: TriggerGround.secret, to: ground, on: loop)
            #expect(renamed.body.value(of: "task_id") == task)
            _ = try await Self.deliver(
                Self.body, as: "d-3", signedWith: "another secret of nobody", to: ground, on: loop)
            let metrics = try await ground.server.ask(
                .get, "/metrics", headers: ground.admin, on: loop
            ).body
            for (outcome, count) in [("accepted", 1), ("repeated", 2), ("refused", 1)] {
                let line =
                    "holdfast_webhook_deliveries_total{source=\"hub\",outcome=\"\(outcome)\"} \(count)\n"
                #expect(metrics.contains(line), "\(metrics)")
            }
            try await ground.restart(by: SIGKILL, on: loop)
            let afterwards = try await Self.deliver(
                Self.body, as: "d-1", signedWith: TriggerGround.secret, to: ground, on: loop)
            #expect(afterwards.body.value(of: "task_id") == task)
            #expect(try await ground.taskCount(on: loop) == 1)
        }
    }

    @Test func aWrongSignatureIsRefusedAndLearnsNothing() async throws {
        try await withTriggers(Self.settings) { ground, loop in
            let wrong = try await Self.deliver(
                Self.body, as: "d-1", signedWith: "another secret of somebody", to: ground, on: loop)
            #expect(wrong.status == .unauthorized)
            for word in ["quick", "push", "d-1", "task", TriggerGround.secret] {
                #expect(!wrong.body.contains(word), "\(wrong.body)")
            }
            let unsigned = try await ground.server.ask(
                .post, "/api/v1/webhooks/plain",
                headers: ["Authorization": "Bearer \(TriggerGround.secret)x"],
                body: "{}", on: loop)
            #expect(unsigned.status == .unauthorized)
            let page = try await ground.server.ask(
                .post, "/api/v1/webhooks/plain",
                headers: [
                    "Authorization": "Bearer \(TriggerGround.secret)", "Origin": "https://elsewhere.example",
                ], body: "{}", on: loop)
            #expect(page.status == .forbidden)
            #expect(try await ground.taskCount(on: loop) == 0)
            // No account's token opens it, and its secret opens nothing else.
            let other = try await ground.ask(.post, "webhooks/plain", "{}", on: loop)
            #expect(other.status == .unauthorized)
            let elsewhere = try await ground.server.ask(
                .get, "/api/v1/webhooks", headers: ["Authorization": "Bearer \(TriggerGround.secret)"],
                on: loop)
            #expect(elsewhere.status == .unauthorized)
        }
    }

    @Test func whoIsRefusedTooOftenHasToWait() async throws {
        try await withTriggers(Self.settings) { ground, loop in
            var statuses: [UInt16: Int] = [:]
            for _ in 0..<70 {
                let answer = try await ground.server.ask(
                    .post, "/api/v1/webhooks/hub", headers: ["X-Hub-Signature-256": "sha256=00"], body: "{}",
                    on: loop)
                statuses[answer.status.code, default: 0] += 1
            }
            #expect(statuses[429] ?? 0 > 0 && statuses[401] ?? 0 >= 60, "\(statuses)")
        }
    }

    @Test func aBearerDeliversAndThePeopleSeeIt() async throws {
        try await withTriggers(Self.settings) { ground, loop in
            let socket = try await ground.server.listen(
                to: "/api/v1/ws/webhook-status", headers: ground.admin, on: loop)
            let first = try await socket.text(on: loop)
            #expect(first.contains(#""type":"webhook_status_update""#) && first.contains(#""name":"plain""#))
            let answer = try await ground.server.ask(
                .post, "/api/v1/webhooks/plain", headers: ["Authorization": "Bearer \(TriggerGround.secret)"],
                body: "{}", on: loop)
            #expect(answer.status == .accepted, "\(answer.body)")
            var heard = ""
            while !heard.contains(#""outcome":"accepted""#) { heard = try await socket.text(on: loop) }
            socket.abort(on: loop)
            let number = try #require(answer.body.value(of: "number"))
            let again = try await ground.ask(
                .post, "webhooks/deliveries/\(number)/redeliver", on: loop)
            #expect(
                again.status == .created && again.body.contains(#""redelivery_of":\#(number)"#), "\(again)")
            #expect(try await ground.taskCount(on: loop) == 2)
            let list = try await ground.ask(.get, "webhooks/plain/deliveries?limit=1", on: loop)
            #expect(list.body.count(of: #""outcome":"accepted""#) == 1)
            #expect(try await ground.ask(.get, "webhooks/none/deliveries", on: loop).status == .notFound)
            #expect(
                try await ground.ask(.get, "webhooks/plain/deliveries?limit=0", on: loop).status
                    == .badRequest)
            #expect(
                try await ground.ask(.post, "webhooks/deliveries/999/redeliver", on: loop).status == .notFound
            )
            #expect(try await ground.ask(.get, "webhooks", on: loop).body.contains(#""accepted":2"#))
        }
    }

    @Test func aDeliveryThatBeginsNothingSaysWhy() async throws {
        try await withTriggers(Self.settings) { ground, loop in
            let ignored = try await Self.deliver(
                "{}", event: "star", as: "d-1", signedWith: TriggerGround.secret, to: ground, on: loop)
            #expect(ignored.status == .ok && ignored.body.contains(#""outcome":"ignored""#))
            let noJSON = try await Self.deliver(
                "{", as: "d-2", signedWith: TriggerGround.secret, to: ground, on: loop)
            #expect(noJSON.status == .unprocessableContent)
            let nowhere = try await Self.deliver(
                "[]", event: "gone", as: "d-3", signedWith: TriggerGround.secret, to: ground, on: loop)
            #expect(nowhere.status == .unprocessableContent && nowhere.body.contains("nowhere"))
            let large = "\"" + String(repeating: "x", count: 1 << 20) + "\""
            let tooLarge = try await Self.deliver(
                large, as: "d-4", signedWith: TriggerGround.secret, to: ground, on: loop)
            #expect(tooLarge.status == .contentTooLarge)
            let none = try await ground.server.ask(.post, "/api/v1/webhooks/none", body: "{}", on: loop)
            #expect(none.status == .notFound)
        }
    }

    @Test func sourcesAndSchedulesAreTakenUpWhileTheServerRuns() async throws {
        try await withTriggers("") { ground, loop in
            #expect(try await ground.ask(.get, "schedules", on: loop).body == #"{"schedules":[]}"#)
            let schedule = """
                schedules:
                  - {name: nightly, cron: "30 2 * * *", time_zone: Europe/Berlin, workflow: quick, priority: 3}

                """
            try TriggerGround.configure(Self.settings + schedule, in: ground.folder)
            ground.server.program.child.signal(SIGHUP)
            let list = try await ground.wait(for: "nightly", at: "schedules", on: loop)
            #expect(list.contains(#""priority":3"#) && list.contains(#""time_zone":"Europe/Berlin""#))
            #expect(list.contains(#""next_at":"2"#), "\(list)")
            let answer = try await Self.deliver(
                Self.body, as: "d-1", signedWith: TriggerGround.secret, to: ground, on: loop)
            #expect(answer.status == .accepted)
            // A mistake leaves everything as it was, and names its place.
            try TriggerGround.configure(
                Self.settings + schedule.split(separator: "30 2 * * *").joined(separator: "61 2 * * *"),
                in: ground.folder)
            ground.server.program.child.signal(SIGHUP)
            try await ground.server.program.error.read(within: Holdfast.patience, on: loop) {
                $0.contains("nothing was taken up")
            }
            #expect(ground.server.program.error.text.contains("holdfast.yaml:20:27: schedules[0].cron: "))
            #expect(try await ground.ask(.get, "schedules", on: loop).body.contains("30 2 * * *"))
        }
    }
}
