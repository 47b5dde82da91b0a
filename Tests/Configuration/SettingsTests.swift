import Configuration
import Testing

@Suite struct SettingsTests {
    private func reading(
        _ file: String = "", environment: [String: String] = [:], flags: [SettingSources.Flag] = []
    ) throws(ConfigurationError) -> SettingReading<Settings> {
        let file = ConfigurationFile(path: "h.yaml", bytes: Array(file.utf8))
        let environment = ["HOME": "/home/me"].merging(environment) { $1 }
        return try SettingSources(file: file, environment: environment, flags: flags).read { Settings($0) }
    }

    private func mistakes(
        _ file: String = "", environment: [String: String] = [:], flags: [SettingSources.Flag] = []
    ) -> [String] {
        do throws(ConfigurationError) {
            _ = try reading(file, environment: environment, flags: flags)
            return []
        } catch {
            return error.description.split(separator: "\n").map(String.init)
        }
    }

    @Test func defaultsAreWhatTheDesignShips() {
        let settings = Settings.declared.settings
        #expect(settings.listen.map(\.description) == ["127.0.0.1:8002"])
        let data = Settings.declared.entries.first { $0.name == "data" }
        #expect(data?.standard == "~/.local/share/holdfast")
        #expect(settings.deadlines.requestHead == .seconds(10))
        #expect(settings.deadlines.requestBodyIdle == .seconds(30))
        #expect(settings.deadlines.pingInterval == .seconds(20))
        #expect(settings.deadlines.pong == .seconds(10))
        #expect(settings.deadlines.writeStalled == .seconds(30))
        #expect(settings.deadlines.drain == .seconds(10))
        #expect(!settings.insecure.allowRemoteWithoutTLS)
    }

    @Test func laterSourcesWinAndTheOriginIsKnown() throws {
        let file = "deadlines:\n  pong: 1s\n  drain: 2s\n  write_stalled: 3s\n"
        let read = try reading(
            file, environment: ["HOLDFAST_DEADLINES_DRAIN": "4s", "HOLDFAST_DEADLINES_WRITE_STALLED": "5s"],
            flags: [.init("deadlines.write_stalled", "6s")])
        #expect(read.settings.deadlines.requestHead == .seconds(10))
        #expect(read.settings.deadlines.pong == .seconds(1))
        #expect(read.settings.deadlines.drain == .seconds(4))
        #expect(read.settings.deadlines.writeStalled == .seconds(6))
        #expect(read.listing.contains("deadlines.request_head = 10s  (default)\n"))
        #expect(read.listing.contains("deadlines.pong = 1s  (h.yaml:2:9)\n"))
        #expect(read.listing.contains("deadlines.drain = 4s  (HOLDFAST_DEADLINES_DRAIN)\n"))
        #expect(read.listing.contains("deadlines.write_stalled = 6s  (--deadlines.write_stalled)\n"))
    }

    @Test func allMistakesOfAllSourcesComeOutAtOnce() {
        let file = """
            listen: [127.0.0.1:8002, ":80"]
            deadlines:
              request_haed: 5s
              pong: 10
            log:
              level: loud
            pong: 1s
            limits: 5
            loops: 2
            """
        let found = mistakes(
            file, environment: ["HOLDFAST_LOOPS": "many", "HOLDFAST_LOPS": "1", "HOME": "/home/me"],
            flags: [.init("compression.enabled", "on"), .init("data", nil), .init("loop", "3")])
        #expect(
            found == [
                "h.yaml:1:26: listen[1]: `:80` names no address: write `0.0.0.0` for all of IPv4, `[::]` for IPv6 too",
                "h.yaml:3:3: deadlines.request_haed: is not a known key; did you mean `deadlines.request_head`?",
                "h.yaml:4:9: deadlines.pong: `10` has no unit: add `ms`, `s`, `m`, `h` or `d`",
                "h.yaml:6:10: log.level: `loud` is not one of `debug`, `info`, `warning`, `error`",
                "h.yaml:7:1: pong: is not a known key; did you mean `deadlines.pong`?",
                "h.yaml:8:9: limits: must be a mapping of keys, and this is a single value",
                "HOLDFAST_LOOPS: `many` is not a whole number",
                "HOLDFAST_LOPS: is not a known variable; did you mean `HOLDFAST_LOOPS`?",
                "--data: needs a value: a path",
                "--compression.enabled: `on` is neither `true` nor `false`",
                "--loop: is not a known flag; did you mean `--loops`?",
            ])
    }

    @Test(arguments: [
        ("loops:\n", "h.yaml:1:7: loops: must be a whole number from 0 to 256, and this is nothing"),
        ("loops: [1]\n", "h.yaml:1:8: loops: must be a whole number from 0 to 256, and this is a list"),
        (
            "loops: 1\nloops: 2\n",
            "h.yaml:2:1: loops: is given twice: the first is on line 1; keep one of them"
        ),
        ("- listen\n", "h.yaml:1:1: must be a mapping of keys, and this is a list"),
        ("listen: []\n", "h.yaml:1:9: listen: names no address: give at least one"),
        ("tls: {key: k.pem}\n", "h.yaml:1:12: tls.key: is of no use alone: set `tls.certificate`"),
        (
            "system_status:\n  load_down: 100%\n",
            "h.yaml:2:14: system_status.load_down: is less than `load_degraded`"
        ),
        (
            "listen: 127.0.0.1:99999\n",
            "h.yaml:1:9: listen: `127.0.0.1:99999` has a port that is out of range: from 0 to 65535"
        ),
        ("listen: ['[::1]:1', '[0::1]:1']\n", "h.yaml:1:9: listen: names [::1]:1 twice"),
        ("data: ''\n", "h.yaml:1:7: data: `` is no path: it is empty"),
    ])
    func eachMistakeNamesItsPlaceAndRemedy(_ file: String, _ line: String) {
        #expect(mistakes(file) == [line])
    }

    @Test func aBrokenFileDoesNotHideTheOtherSources() {
        let found = mistakes("a: [", environment: ["HOLDFAST_NO": "1"])
        #expect(found.count == 2)
        #expect(found.last == "HOLDFAST_NO: is not a known variable")
    }

    @Test func otherVariablesAreNoMistake() {
        #expect(mistakes(environment: ["HOLDFAST_CONFIG": "x", "HOLDFAST_TOKEN": "x", "PATH": "/"]) == [])
    }

    @Test func listeningForOtherMachinesNeedsTLSOrSoManyWords() throws {
        #expect(mistakes("listen: 0.0.0.0:80").first?.contains("without TLS") == true)
        #expect(mistakes("listen: 0.0.0.0:80\ntls: {certificate: c, key: k}") == [])
        #expect(mistakes("listen: 0.0.0.0:80\ninsecure: {allow_remote_without_tls: true}") == [])
        #expect(mistakes("listen: [unix:/run/h, '[::1]:0']") == [])
    }

    @Test func pathsKnowTheHomeOfTheirPerson() throws {
        let home = ["HOME": "/home/me"]
        #expect(try reading(environment: home).settings.data == "/home/me/.local/share/holdfast")
        #expect(try reading("data: ~/d", environment: home).settings.data == "/home/me/d")
        #expect(try reading("data: d", environment: home).settings.data == "d")
        let shared = home.merging(["XDG_DATA_HOME": "/x"]) { $1 }
        #expect(try reading(environment: shared).settings.data == "/x/holdfast")
    }

    @Test(arguments: ["", "me", "~"])
    func withoutAHomeNoFolderIsNamedLikeOne(_ home: String) throws {
        let environment = ["HOME": home]
        let remedy = "and this user has no home folder: write a whole path, or set `HOME`"
        #expect(
            mistakes(environment: environment) == ["data: is `~/.local/share/holdfast`, \(remedy)"])
        let file = "data: ~/d\nstatic_folder: ~/s\ntls:\n  certificate: ~/c\n  key: ~/k\n"
        #expect(
            mistakes(file, environment: environment) == [
                "h.yaml:1:7: data: is `~/d`, \(remedy)", "h.yaml:2:16: static_folder: is `~/s`, \(remedy)",
                "h.yaml:4:16: tls.certificate: is `~/c`, \(remedy)",
                "h.yaml:5:8: tls.key: is `~/k`, \(remedy)",
            ])
        #expect(try reading("data: d", environment: environment).settings.data == "d")
        #expect(ConfigurationFile.places(environment) == ["holdfast.yaml", "/etc/holdfast/holdfast.yaml"])
    }

    @Test func thePortOfTheSystemsChoiceMayBeAskedForTwice() {
        #expect(mistakes("listen: [127.0.0.1:0, 127.0.0.1:0]\n") == [])
    }

    @Test func listsComeFromCommasAndRepeatedFlags() throws {
        let flags = [SettingSources.Flag("listen", "127.0.0.1:1"), .init("listen", "[::1]:2,unix:/s")]
        #expect(
            try reading(flags: flags).settings.listen.map(\.description)
                == ["127.0.0.1:1", "[::1]:2", "unix:/s"])
        #expect(try reading("listen: 127.0.0.1:9").settings.listen.map(\.description) == ["127.0.0.1:9"])
        #expect(
            mistakes(flags: [.init("loops", "1"), .init("loops", "2")]) == [
                "--loops: is given 2 times; give it once"
            ])
    }

    @Test func absenceCanBeSaid() throws {
        #expect(try reading("accounts: {token_lifetime: never}").settings.accounts.tokenLifetime == nil)
        #expect(try reading("accounts: {token_lifetime: null}").settings.accounts.tokenLifetime == nil)
        #expect(
            try reading("accounts: {token_lifetime: 1d}").settings.accounts.tokenLifetime == .seconds(86_400))
    }

    @Test func aReloadTellsWhatItCannotTakeUp() throws {
        let before = try reading("loops: 1\nlog: {level: info}")
        let after = try reading("loops: 2\nlog: {level: debug}")
        #expect(after.needingRestart(since: before).map(\.name) == ["loops"])
        #expect(before.needingRestart(since: before) == [])
    }

    @Test func everyNameIsDistinctInAllItsForms() {
        let entries = Settings.declared.entries
        #expect(entries.count > 50)
        #expect(Set(entries.map(\.name)).count == entries.count)
        #expect(Set(entries.map(\.variable)).count == entries.count)
        for entry in entries {
            #expect(entry.name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F || $0 == 0x2E })
        }
    }

    @Test func theReferenceDocumentsEverySetting() {
        let text = Settings.reference
        for entry in Settings.declared.entries {
            #expect(text.contains("- **`\(entry.name)`**: \(entry.phrase); default "))
            #expect(entry.help.hasSuffix("."), "\(entry.name)")
        }
        for group in Settings.declared.groups {
            #expect(text.contains("\n## `\(group.name)`\n\n\(group.help)\n"))
        }
    }

    @Test func everyDefaultCanBeWrittenInAFile() throws {
        for entry in Settings.declared.entries where !entry.isList {
            let file = SettingsTests.file(entry.name, entry.standard)
            #expect(mistakes(file) == [], "\(entry.name)")
            #expect(try reading(environment: [entry.variable: entry.standard]).settings == reading().settings)
        }
    }

    private static func file(_ name: String, _ value: String) -> String {
        let parts = name.split(separator: ".")
        return parts.count == 1 ? "\(name): '\(value)'" : "\(parts[0]):\n  \(parts[1]): '\(value)'"
    }
}
