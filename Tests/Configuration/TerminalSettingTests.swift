import Configuration
import Testing

@Suite struct TerminalSettingTests {
    private func settings(_ file: String) throws(ConfigurationError) -> Settings {
        let file = ConfigurationFile(path: "h.yaml", bytes: Array(file.utf8))
        return try SettingSources(file: file, environment: ["HOME": "/home/me"]).read { Settings($0) }
            .settings
    }

    @Test func templatesAreReadAsWritten() throws {
        let terminals = try settings(
            """
            terminals:
              window: 2MiB
              survive_restart: off
              idle: 30m
              shell: /bin/dash
              templates:
                - name: top
                  command: /usr/bin/top
                  args: [-d, 5]
                  cwd: /
                  env: {A: 1, B_2: two words}
                  for: [ann, bob]
                  user: nobody
                  sandbox: bwrap
                  network: true
                  takeover: replace
                  sizing: latest
                  keep: true
                - {name: plain}
            """
        ).terminals
        #expect(terminals.window == 2 << 20 && terminals.surviveRestart == nil)
        #expect(
            terminals.idle == .seconds(1800) && terminals.maxLife == nil && terminals.shell == "/bin/dash")
        let top = terminals.templates[0]
        #expect(top.command == "/usr/bin/top" && top.arguments == ["-d", "5"] && top.directory == "/")
        #expect(
            top.environment == ["A": "1", "B_2": "two words"] && top.audience == .accounts(["ann", "bob"]))
        #expect(top.user == "nobody" && top.sandbox == .bwrap && top.network && top.keep)
        #expect(top.takeover == .replace && top.sizing == .latest)
        let plain = terminals.templates[1]
        #expect(
            plain.command == nil && plain.audience == .role(.operators) && !plain.allowRoot
                && !plain.anyCommand)
    }

    @Test func everyMistakeNamesItsLineAndKey() {
        #expect {
            try settings(
                """
                terminals:
                  low_water: 512KiB
                  templates:
                    - {name: a b, for: viewer}
                    - {name: x, args: [y]}
                    - {name: x, user: root, cwd: here}
                    - {name: y, env: {"A=": 1}, network: true, sandbox: docker}
                    - {command: "", takeover: maybe, colour: red}
                """)
        } throws: { error in
            let text = "\(error)"
            for place in [
                "h.yaml:2:14: terminals.low_water: must not be more",
                "h.yaml:4:14: terminals.templates[0].name:", "h.yaml:4:24: terminals.templates[0].for:",
                "h.yaml:5:23: terminals.templates[1].args: goes with `command` only",
                "h.yaml:6:14: terminals.templates[2].name: `x` is there already",
                "h.yaml:6:23: terminals.templates[2].user: is root", "terminals.templates[2].cwd:",
                "terminals.templates[3].env: has \"A=\" in it", "terminals.templates[3].network:",
                "terminals.templates[3].sandbox:", "terminals.templates[4].name: is missing",
                "terminals.templates[4].command: is empty", "terminals.templates[4].takeover:",
                "terminals.templates[4].colour: is not a known",
            ] where !text.contains(place) {
                Issue.record("\(place) is not in \(text)")
            }
            return true
        }
    }
}
