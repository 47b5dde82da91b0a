extension Settings {
    /// Something that may be run on a terminal, and by whom.
    package struct TerminalTemplate: Sendable, Equatable {
        package enum Takeover: String, Sendable, CaseIterable { case share, replace, refuse }
        package enum Sizing: String, Sendable, CaseIterable { case smallest, latest }
        package enum Sandbox: String, Sendable, CaseIterable { case none, bwrap }

        package var name: String
        package var title: String?
        /// Nil for a shell.
        package var command: String?
        package var arguments: [String]
        package var directory: String?
        package var environment: [String: String]
        package var audience: Audience
        package var anyCommand: Bool
        package var user: String?
        package var allowRoot: Bool
        package var sandbox: Sandbox
        package var network: Bool
        package var takeover: Takeover
        package var sizing: Sizing
        package var keep: Bool
        /// Nil for what `terminals.recording` says.
        package var recording: Bool?
        package var recordInput: Bool

        init(_ item: SettingItem) {
            name = item.required("name", .triggerName, "By which it is asked for.")
            title = item.value(
                "title", .string, "What people see; by default what the program says, or its name.")
            command = item.value("command", .string, "The program; without it, a shell.")
            arguments = item.value("args", .list(of: .string), default: [], "What follows the command.")
            directory = item.value(
                "cwd", .absolutePath, "The folder that it begins in; by default the home of whom it runs as.")
            environment = item.variables("env", "Variables besides those that every terminal gets.")
            audience = item.value(
                "for", .audience([.operators, .admin]), default: .role(.operators),
                "Who may use it, and come to its terminals: a role and those above it, or accounts, which need the "
                    + "role operator too.")
            anyCommand = item.value(
                "any_command", .boolean, default: false,
                "Whether whoever may use it may run another command with it.")
            user = item.value(
                "user", .string,
                "The Unix user that it runs as, whoever asks; only a server that runs as root can do that. By default "
                    + "such a server runs it as the user that has the name of the account that asks, and where there is "
                    + "none as root, if `allow_root` says so; any other server runs it as itself.")
            allowRoot = item.value(
                "allow_root", .boolean, default: false,
                "Whether it may run as root, where it would: as `user`, or because there is no user of the account's "
                    + "name. It may not otherwise.")
            sandbox = item.value(
                "sandbox", .choice(), default: .none,
                "With `bwrap` it sees the system read-only, and of the data folder nothing; has a `/tmp` and a `/run` of "
                    + "its own, no network and no capabilities; and may write in `cwd` only, which must not be in the "
                    + "data folder. That takes bubblewrap.")
            network = item.value(
                "network", .boolean, default: false, "Whether there is a network in the sandbox.")
            takeover = item.value(
                "takeover", .choice(), default: .share,
                "When somebody types and another comes: both type, the one before has to go, or the other is refused."
            )
            sizing = item.value(
                "sizing", .choice(), default: .smallest,
                "How large the terminal is: as the smallest screen of those who type, or that of who typed last."
            )
            keep = item.value(
                "keep", .boolean, default: false, "Whether it goes on when nobody is attached.")
            recording = item.value(
                "recording", .boolean,
                "Whether what it says is recorded; by default as `terminals.recording` says.")
            recordInput = item.value(
                "record_input", .boolean, default: false,
                "Whether what is typed is recorded too, where it is recorded: passwords as well.")
            item.require(
                !item.has("args") || item.has("command"), "args", "goes with `command` only")
            item.require(
                command?.isEmpty != true, "command", "is empty: leave it out for a shell")
            item.require(
                !network || sandbox == .bwrap, "network",
                "goes with `sandbox: bwrap` only; there is one without it")
            item.require(
                user != "root" || allowRoot, "user",
                "is root: if that is meant, say `allow_root: true` beside it")
        }
    }
}

extension Settings.TerminalTemplate {
    /// What is there when no other of this name is defined: a shell for operators.
    package static let shell: Self = {
        var template = Self(SettingItem(nil, noting: SettingItemKeys()))
        template.name = "shell"
        return template
    }()
}

extension SettingItem {
    /// Names and values of an environment.
    fileprivate func variables(_ key: String, _ help: String) -> [String: String] {
        var variables: [String: String] = [:]
        for (name, scalar) in scalars(key, help) {
            let isName =
                !name.isEmpty && name.first?.isNumber == false
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            require(isName, key, "has \"\(name)\" in it, which is no name of a variable")
            require(!scalar.value.text.utf8.contains(0), key, "has a NUL in \(name)")
            variables[name] = scalar.value.text
        }
        return variables
    }
}

extension ValueKind where Value == String {
    /// A folder that is the same wherever the program was started.
    fileprivate static let absolutePath = ValueKind(
        "path", "a path that begins with `/`", sample: "/",
        parse: { text throws(Complaint) in
            guard text.hasPrefix("/") else { throw Complaint("does not begin with `/`") }
            return try path.parse(text)
        },
        print: { $0 })
}
