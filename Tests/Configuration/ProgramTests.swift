import Configuration
import Testing

private struct Serve: Command {
    static let name = "serve"
    static let summary = "Run the server"
    let settings: SettingFlags

    init(_ arguments: ArgumentReader) { settings = arguments.settings() }
    func run() async -> ExitCode { .success }
}

private struct CreateToken: Command {
    enum Role: String, CaseIterable, Sendable { case viewer, `operator`, admin }

    static let name = "create"
    static let summary = "Make a token and print it"
    let token: String
    let role: Role
    let expires: Duration?
    let quiet: Bool
    let notes: [String]
    let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        token = arguments.argument("NAME", .string, "What the token is for.")
        role = arguments.option("role", .choice(), default: .viewer, "What it may do.")
        expires = arguments.option("expires", .duration(.seconds(1) ... .days(10)), "When it ends.")
        quiet = arguments.flag("quiet", "Says less.")
        notes = arguments.arguments("NOTE", .string, "Anything.")
        settings = arguments.settings(showing: ["data"])
    }

    func run() async -> ExitCode { .success }
}

@Suite struct ProgramTests {
    private let program = Program(
        "holdfast", version: "1.2.3", summary: "Runs things and shows them live", standard: Serve.self,
        commands: [
            .command(Serve.self),
            .group("token", summary: "Tokens for programs", [.command(CreateToken.self)]),
        ])

    private func parse(_ line: String) throws(ConfigurationError) -> Program.Request {
        try program.parse(line.split(separator: " ").map(String.init))
    }

    private func said(_ line: String) throws -> String {
        guard case .say(let text) = try parse(line) else { Issue.record("not said"); return "" }
        return text
    }

    private func token(_ line: String) throws -> CreateToken {
        guard case .run(let command) = try parse(line) else { throw ConfigurationError.usage("said") }
        return try #require(command as? CreateToken)
    }

    private func complaint(_ line: String) -> String {
        do throws(ConfigurationError) {
            _ = try parse(line)
            return ""
        } catch {
            #expect(error.exitCode == .usage)
            #expect(error.exitCode.rawValue == 64)
            return error.description
        }
    }

    @Test func everythingIsReadIntoTheCommand() throws {
        let read = try token("token create ci --role=admin one --expires 5m --quiet --data /d -- --two")
        #expect(read.token == "ci")
        #expect(read.role == .admin)
        #expect(read.expires == .seconds(300))
        #expect(read.quiet)
        #expect(read.notes == ["one", "--two"])
        #expect(read.settings.flags == [.init("data", "/d")])
    }

    @Test func whatIsLeftOutHasItsDefault() throws {
        let read = try token("token create ci")
        #expect(read.role == .viewer)
        #expect(read.expires == nil)
        #expect(!read.quiet)
        #expect(read.notes == [])
    }

    @Test func theStandardCommandNeedsNoName() throws {
        for line in ["", "serve", "--log.level debug", "serve --log.level debug"] {
            guard case .run(let command) = try parse(line) else { Issue.record("\(line)"); continue }
            #expect(command is Serve)
        }
    }

    @Test func settingsAreFlagsWithEitherDash() throws {
        guard
            case .run(let command) = try parse(
                "serve --deadlines.request-head 1s --metrics.enabled --loops=2")
        else { Issue.record(); return }
        #expect(
            (command as? Serve)?.settings.flags == [
                .init("deadlines.request_head", "1s"), .init("metrics.enabled", nil), .init("loops", "2"),
            ])
    }

    @Test(arguments: [
        ("sevre", "`holdfast` has no command `sevre`; did you mean `serve`?"),
        ("token crate", "`holdfast token` has no command `crate`; did you mean `create`?"),
        ("token", "say what to do"),
        ("token create", "NAME is missing: What the token is for."),
        ("token create a --rle admin", "--rle is not a known flag; did you mean `--role`?"),
        ("token create a -x", "-x is not a known flag"),
        ("token create a --role root", "--role: `root` is not one of `viewer`, `operator`, `admin`"),
        ("token create a --role", "--role needs a value: one of `viewer`, `operator`, `admin`"),
        ("token create a --role admin --role admin", "--role is given 2 times; give it once"),
        ("token create a --quiet=yes", "--quiet takes no value"),
        ("serve extra", "`extra` is one word too many"),
        (
            "serve --request_head 1s",
            "--request_head is not a known flag; did you mean `--deadlines.request_head`?"
        ),
    ])
    func aWrongLineIsExplained(_ line: String, _ sentence: String) {
        #expect(complaint(line).split(separator: "\n").first.map(String.init) == sentence)
    }

    @Test func allWrongArgumentsAreNamedAtOnce() {
        #expect(
            complaint("token create --role root --expires 1")
                == """
                NAME is missing: What the token is for.
                --role: `root` is not one of `viewer`, `operator`, `admin`
                --expires: `1` has no unit: add `ms`, `s`, `m`, `h` or `d`
                See `holdfast token create --help`.
                """)
    }

    @Test func helpIsMadeFromWhatTheCommandTakes() throws {
        let text = try said("token create --help")
        #expect(
            text == """
                Usage: holdfast token create NAME [NOTE…] [options]

                Make a token and print it.

                Arguments:
                  NAME                      What the token is for.
                  NOTE                      Anything.

                Options:
                  --role viewer|operator|admin
                                            What it may do. Default: viewer.
                  --expires DURATION        When it ends.
                  --quiet                   Says less.
                  --config PATH             The configuration file; else one is looked for in the usual places.
                  --help                    Prints this.

                Settings, which the file and the environment can say too:
                  --data PATH               The data folder, the only place that the server writes to; made when
                                            it does not exist. By default `$XDG_DATA_HOME/holdfast` where that is
                                            set. Default: ~/.local/share/holdfast.

                """)
        #expect(try said("help token create") == said("token create --help"))
    }

    @Test func helpOfServeListsEverySetting() throws {
        let text = try said("serve --help")
        for entry in Settings.declared.entries {
            #expect(text.contains("\n  --\(entry.name)") != entry.isInFileOnly)
        }
    }

    @Test func theProgramSaysWhatItIs() throws {
        #expect(try said("--version") == "holdfast 1.2.3\n")
        #expect(try said("--help").contains("  token                     Tokens for programs\n"))
        #expect(try said("token --help").contains("  create                    Make a token and print it\n"))
    }

    @Test func aGroupMayMeanACommandWhenNoneIsNamed() throws {
        let program = Program(
            "holdfast", version: "1", summary: "Runs things", notes: "Exit status: 0\n",
            commands: [
                .group("tokens", summary: "Tokens", standard: Serve.self, [.command(CreateToken.self)])
            ])
        for words in [["tokens"], ["tokens", "--log.level", "debug"]] {
            guard case .run(let command) = try program.parse(words) else {
                Issue.record("\(words)"); continue
            }
            #expect(command is Serve)
        }
        guard case .run(let named) = try program.parse(["tokens", "create", "ci"]) else {
            Issue.record()
            return
        }
        #expect(named is CreateToken)
        guard case .say(let page) = try program.parse(["help", "--markdown"]) else { Issue.record(); return }
        #expect(page.contains("Exit status: 0\n```\n"))
        #expect(page.contains("\n## `holdfast tokens`\n") && page.contains("\n## `holdfast tokens create`\n"))
    }
}
