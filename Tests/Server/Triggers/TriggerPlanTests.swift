import Configuration
import Glibc
import TestKit
import Testing
import Workflows

@testable import Server

@Suite struct TriggerPlanTests {
    private func settings(_ file: String) throws(ConfigurationError) -> Settings {
        let file = ConfigurationFile(path: "h.yaml", bytes: Array(file.utf8))
        return try SettingSources(file: file, environment: ["HOME": "/home/me"]).read { Settings($0) }
            .settings
    }

    private func mistakes(_ make: () throws(ConfigurationError) -> Void) -> [String] {
        do throws(ConfigurationError) {
            try make()
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    private static func write(_ text: String, to path: String) throws {
        let file = unsafe fopen(path, "w")
        try #require(unsafe file != nil)
        unsafe fputs(text, file)
        unsafe fclose(file)
    }

    @Test func whatOnlyThePartsUnderstandNamesItsPlaceToo() throws {
        let settings = try settings(
            """
            webhooks:
              - name: hub
                kind: github
                secret_variable: NOBODY_SETS_THIS
                mappings:
                  - {workflow: x, filter: {a..b: c}, requirement: "{{ payload }}", inputs: {n: "{{ x"}}
            schedules:
              - {cron: "61 * * * *", workflow: x}
              - {cron: "@hourly", time_zone: Nowhere/Else, workflow: x}
              - {cron: "@daily", workflow: x}
              - {cron: "@daily", workflow: x}
            """)
        let found = mistakes { () throws(ConfigurationError) in try TriggerPlan.check(settings) }
        let places = found.map { $0.split(separator: ": ").prefix(2).joined(separator: " ") }
        #expect(
            places == [
                "h.yaml:6:38 webhooks[0].mappings[0].filter.a..b",
                "h.yaml:6:55 webhooks[0].mappings[0].requirement",
                "h.yaml:6:84 webhooks[0].mappings[0].inputs.n", "h.yaml:8:12 schedules[0].cron",
                "h.yaml:9:34 schedules[1].time_zone", "h.yaml:11:12 schedules[3].cron",
            ], "\(found)")
        let missing = mistakes { () throws(ConfigurationError) in _ = try TriggerPlan(settings) }
        #expect(missing.contains { $0.hasPrefix("h.yaml:4:22: webhooks[0].secret_variable: ") })
        #expect(missing.count == found.count + 1)
    }

    @Test func aSecretIsReadFromItsFileAndToldToNobody() throws {
        let folder = try TemporaryFolder()
        let (good, short) = (folder.file("good"), folder.file("short"))
        try Self.write("a secret that is long enough\n", to: good)
        try Self.write("hunter2\n", to: short)
        #expect(try SecretFinder.find(.file(good)) == "a secret that is long enough")
        let settings = try settings(
            """
            notifications:
              - {name: a, url: "http://a/", secret_file: \(good)}
              - {name: b, url: "http://b/", secret_file: \(short)}
              - {name: c, url: "http://c/", secret_file: \(folder.file("none"))}
              - {name: d, url: "http://d/", secret_file: /dev/zero}
            """)
        let found = mistakes { () throws(ConfigurationError) in _ = try TriggerPlan(settings) }
        #expect(found.count == 3, "\(found)")
        #expect(
            found[0].hasPrefix("h.yaml:3:46: notifications[1].secret_file: ") && found[0].contains("16 bytes")
        )
        #expect(found[1].hasPrefix("h.yaml:4:46: notifications[2].secret_file: "))
        #expect(!found.contains { $0.contains("hunter2") })
    }

    @Test func inputsHaveTheKindThatTheyAreWrittenWith() throws {
        let settings = try settings(
            """
            schedules:
              - {cron: "@daily", workflow: x, inputs: {a: true, b: 4, c: "4", d: main, e: 'true'}, priority: 7}
            """)
        let schedule = try #require(try TriggerPlan(settings).schedules.first)
        #expect(
            schedule.inputs == [
                "a": .flag(true), "b": .number(4), "c": .text("4"), "d": .text("main"), "e": .text("true"),
            ])
        #expect(schedule.priority == 7)
    }
}
