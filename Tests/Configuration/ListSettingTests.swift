import Configuration
import Testing

@Suite struct ListSettingTests {
    private func reading(
        _ file: String, environment: [String: String] = [:], flags: [SettingSources.Flag] = []
    ) throws(ConfigurationError) -> SettingReading<Settings> {
        let file = ConfigurationFile(path: "h.yaml", bytes: Array(file.utf8))
        let environment = ["HOME": "/home/me"].merging(environment) { $1 }
        return try SettingSources(file: file, environment: environment, flags: flags).read { Settings($0) }
    }

    private func mistakes(
        _ file: String, environment: [String: String] = [:], flags: [SettingSources.Flag] = []
    ) -> [String] {
        do throws(ConfigurationError) {
            _ = try reading(file, environment: environment, flags: flags)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    @Test func feedsOfOnesOwnAreReadAsWritten() throws {
        let feeds = try reading(
            """
            feeds:
              watch:
                - {name: deploys, file: /srv/deploys.json}
                - {name: disk, command: "df -h | tail -1", every: 30s, timeout: 5s, max_bytes: 4KiB}
                - {name: who, command: [who, -H], type: people}
                - {name: api, http: "https://api.example.com/v1?x=1"}
                - name: orders
                  database: /srv/shop.db
                  sql: |
                    select count(*) as open
                    from orders
              permissions:
                - {feeds: "builds-*", publish: [ci, ann], read: operator, keep: true}
                - {feeds: "*", publish: admin}
            """
        ).settings.feeds
        #expect(feeds.watch.map(\.name) == ["deploys", "disk", "who", "api", "orders"])
        #expect(feeds.watch[0].source == .file("/srv/deploys.json"))
        #expect((feeds.watch[0].every, feeds.watch[0].timeout) == (.seconds(2), .seconds(10)))
        #expect(
            feeds.watch[1].source == .command(CommandWords(words: ["/bin/sh", "-c", "df -h | tail -1"])))
        #expect((feeds.watch[1].every, feeds.watch[1].maxBytes) == (.seconds(30), 4096))
        #expect(feeds.watch[2].source == .command(CommandWords(words: ["who", "-H"])))
        #expect(feeds.watch[2].type == "people" && feeds.watch[3].every == .seconds(10))
        #expect(feeds.watch[3].source == .http("https://api.example.com/v1?x=1"))
        #expect(
            feeds.watch[4].source
                == .sql("select count(*) as open\nfrom orders", database: "/srv/shop.db")
                || feeds.watch[4].source
                    == .sql("select count(*) as open\nfrom orders\n", database: "/srv/shop.db")
        )
        #expect(feeds.permissions[0].publish == .accounts(["ci", "ann"]))
        #expect((feeds.permissions[0].read, feeds.permissions[0].keep) == (.role(.operators), true))
        #expect((feeds.permissions[1].publish, feeds.permissions[1].read) == (.role(.admin), .role(.viewer)))
    }

    @Test func everyMistakeInAListNamesItsLineAndKey() {
        let found = mistakes(
            """
            feeds:
              watch:
                - {name: a, file: /a, http: "http://b/"}
                - {file: /a}
                - {name: queue, file: /a}
                - {name: b, command: [], every: 10}
                - {name: b, sql: select 1}
                - {name: c}
                - d
                - {name: e, file: /a, evry: 2s}
                - {name: f, http: "http://me:secret@b/"}
              permissions:
                - {feeds: "a b", publish: viewer, read: [[x]]}
            system_status:
              checks:
                - {name: disk, tcp: "db:5432"}
                - {name: db, tcp: db, timeout: 1s, degraded_after: 2s}
            """)
        #expect(
            found == [
                "h.yaml:3:33: feeds.watch[0].http: does not go with `file`: a feed has one source",
                "h.yaml:4:7: feeds.watch[1].name: is missing: give a feed's name of up to 100 letters, digits, `-`, `_` and `.`",
                "h.yaml:5:14: feeds.watch[2].name: `queue` is a feed of the server's own: take another name",
                "h.yaml:6:26: feeds.watch[3].command: names no program",
                "h.yaml:6:37: feeds.watch[3].every: `10` has no unit: add `ms`, `s`, `m`, `h` or `d`",
                "h.yaml:7:7: feeds.watch[4].database: is missing: `sql` needs the file that it asks",
                "h.yaml:7:14: feeds.watch[4].name: `b` is there already: give each a name of its own",
                "h.yaml:8:7: feeds.watch[5].file: is missing: give one of `file`, `command`, `http` and `sql`",
                "h.yaml:9:7: feeds.watch[6]: must be a mapping of keys, and this is a single value",
                "h.yaml:10:27: feeds.watch[7].evry: is not a known key; did you mean `feeds.watch[7].every`?",
                "h.yaml:11:23: feeds.watch[8].http: `http://me:secret@b/` has a name or password in it, which would end up in logs: leave it out",
                "h.yaml:13:15: feeds.permissions[0].feeds: `a b` matches no feed: write a name, perhaps with `*` in it: `builds-*`",
                "h.yaml:13:31: feeds.permissions[0].publish: `viewer` is none of `operator`, `admin`; accounts are written as a list: `[ann, bob]`",
                "h.yaml:13:46: feeds.permissions[0].read[0]: must be a text, and this is a list",
                "h.yaml:16:14: system_status.checks[0].name: `disk` is a part that the server shows by itself: take another name",
                "h.yaml:17:23: system_status.checks[1].tcp: `db` names no host and port: write `db.example.com:5432` or `[::1]:5432`",
                "h.yaml:17:56: system_status.checks[1].degraded_after: is more than `timeout`, so that it would never count",
            ])
    }

    @Test func aListIsSaidInTheFileOnly() {
        let found = mistakes(
            "", environment: ["HOLDFAST_FEEDS_WATCH": "a"], flags: [.init("system_status.checks", "x")])
        #expect(
            found == [
                "HOLDFAST_FEEDS_WATCH: can be said in the file only",
                "--system_status.checks: can be said in the file only",
            ])
    }

    @Test func aListThatChangedIsSeenAtAReload() throws {
        let before = try reading("feeds: {watch: [{name: a, file: /a}]}")
        let same = try reading("feeds:\n  watch:\n    - name: a\n      file: /a\n")
        let after = try reading("feeds: {watch: [{name: a, file: /b}]}")
        #expect(same.changes(since: before).isEmpty)
        #expect(after.changes(since: before).map(\.name) == ["feeds.watch"])
        #expect(after.needingRestart(since: before).isEmpty)
        #expect(before.listing.contains("feeds.watch = [{name: a, file: /a}]  (h.yaml:1:16)\n"))
    }

    @Test func theReferenceNamesTheKeysOfAList() {
        let text = Settings.reference
        #expect(text.contains("- **`feeds.watch`**: a list of mappings, in the file only;"))
        #expect(text.contains("  - `every`: a duration from 100ms to 1d. "))
        #expect(text.contains("  - `degraded_after`: "))
    }
}
