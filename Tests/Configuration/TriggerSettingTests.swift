import Configuration
import Testing

@Suite struct TriggerSettingTests {
    private func settings(_ file: String) throws(ConfigurationError) -> Settings {
        let file = ConfigurationFile(path: "h.yaml", bytes: Array(file.utf8))
        return try SettingSources(file: file, environment: ["HOME": "/home/me"]).read { Settings($0) }
            .settings
    }

    @Test func triggersAreReadAsWritten() throws {
        let settings = try settings(
            """
            webhooks:
              - name: hub
                kind: github
                secret_variable: HUB_SECRET
                mappings:
                  - {event: push, filter: {ref: refs/heads/main}, workflow: build, inputs: {level: 4}, priority: -5}
                  - workflow: triage
            schedules:
              - {cron: "0 3 * * *", workflow: tidy}
              - {name: b, cron: "@daily", time_zone: Europe/Berlin, workflow: tidy, catch_up: one, inputs: {deep: true}}
            notifications:
              - {name: chat, url: "https://chat.example.com/x", secret_file: /run/secret, statuses: [failed]}
            """)
        let hub = try #require(settings.webhooks.first)
        #expect(hub.kind == .github && hub.secret.value == .variable("HUB_SECRET"))
        #expect(hub.mappings.map(\.workflow) == ["build", "triage"])
        #expect(hub.mappings.map(\.event) == ["push", "*"])
        #expect(hub.mappings[0].filter["ref"]?.value.text == "refs/heads/main")
        #expect(hub.mappings[0].inputs["level"]?.value.text == "4" && hub.mappings[0].priority == -5)
        #expect(settings.schedules.map(\.name) == [nil, "b"])
        #expect(settings.schedules.map(\.zone.value) == ["UTC", "Europe/Berlin"])
        #expect(settings.schedules.map(\.catchUp) == [.none, .one])
        let chat = try #require(settings.notifications.first)
        #expect(chat.secret.value == .file("/run/secret"))
        #expect(chat.statuses == [.failed] && chat.workflows == ["*"])
    }

    @Test func everyMistakeNamesItsLineAndKey() {
        #expect {
            try settings(
                """
                webhooks:
                  - {name: a/b, kind: gitlab, secret_variable: "not a name"}
                  - {name: c, kind: bearer, secret: hunter2}
                  - {name: c, kind: bearer, secret_variable: A, secret_file: /b, mappings: [{event: x, inputs: [1]}]}
                schedules:
                  - {workflow: x, catch_up: all, inputs: {a: [1]}}
                notifications:
                  - {name: n, url: "ftp://x", secret_variable: HOLDFAST_X, statuses: [over]}
                """)
        } throws: { error in
            let text = "\(error)"
            for place in [
                "h.yaml:2:12: webhooks[0].name:", "h.yaml:2:23: webhooks[0].kind:",
                "h.yaml:2:48: webhooks[0].secret_variable:",
                "h.yaml:3:29: webhooks[1].secret: is not a known",
                "webhooks[1].secret_variable: is missing", "h.yaml:4:12: webhooks[2].name:",
                "webhooks[2].secret_file: does not go with", "webhooks[2].mappings[0].workflow: is missing",
                "webhooks[2].mappings[0].inputs: must be a mapping", "schedules[0].cron: is missing",
                "schedules[0].catch_up:", "schedules[0].inputs.a: must be a single value",
                "notifications[0].url:", "notifications[0].secret_variable:", "notifications[0].statuses[0]:",
            ] { #expect(text.contains(place), "\(place) is not in \(text)") }
            return !text.contains("hunter2")
        }
    }
}
