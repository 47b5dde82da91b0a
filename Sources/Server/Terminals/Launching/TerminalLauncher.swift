import Configuration
import Glibc
import Loop
import Terminals
import Wire

/// Makes of what somebody asks for, and of its template, what is to run: the command, as whom, where, and with which
/// variables.
struct TerminalLauncher: Sendable {
    private static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    let settings: Settings.Terminals
    let dataFolder: String
    let offload: Offload

    /// What is to run, and what of that people see.
    struct Plan: Sendable {
        let launch: TerminalLaunch
        let command: String
        let arguments: [String]
        let directory: String?
        /// As the Unix user that has the name of the account that asked.
        let isOfAccount: Bool
    }

    func plan(
        _ wish: TerminalMessages.Wish, with template: TerminalTemplates.Template?, for caller: Caller,
        on loop: isolated EventLoop
    ) async throws(HTTPError) -> Plan {
        try check(wish, template, caller)
        let size = try wish.size
        let (user, isOfAccount) = try await user(of: template, for: caller, on: loop)
        let (command, arguments) = try command(wish, template, for: user)
        let variables = environment(of: user, template)
        let (added, launchUser) = (wish.env ?? [:], user.user == geteuid() ? nil : user.launchUser)
        guard let template, template.sandbox == .bwrap else {
            let directory = wish.cwd ?? template?.directory ?? user.home
            return Plan(
                launch: TerminalLaunch(
                    command, arguments, environment: variables.merging(added) { $1 }, directory: directory,
                    size: size, user: launchUser),
                command: command, arguments: arguments, directory: directory, isOfAccount: isOfAccount)
        }
        let sandbox = try await ask(on: loop) { [dataFolder] () throws(HTTPError) in
            try Bubblewrap(hiding: dataFolder, writingIn: template.directory, as: user)
        }
        let wrapped = sandbox.arguments(
            for: command, arguments, adding: added, hasNetwork: template.network)
        return Plan(
            launch: TerminalLaunch(
                sandbox.program, wrapped, environment: variables, directory: "/", size: size, user: launchUser
            ),
            command: command, arguments: arguments, directory: template.directory, isOfAccount: isOfAccount)
    }

    // MARK: What may be asked for

    private func check(
        _ wish: TerminalMessages.Wish, _ template: TerminalTemplates.Template?, _ caller: Caller
    ) throws(HTTPError) {
        let mayChoose = caller.role == .admin || template?.anyCommand == true
        if wish.command != nil, !mayChoose {
            throw HTTPError(
                .forbidden,
                "A command of your own takes the role admin, or a template that says `any_command: true`.")
        }
        // Who may run a shell may do all this there.
        let isShell = template.map { $0.command == nil } ?? true
        if wish.env != nil || wish.cwd != nil, !mayChoose, !isShell {
            throw HTTPError(
                .forbidden, "Where this template runs, and with which variables, is for it to say.")
        }
        if wish.cwd != nil, template?.sandbox == .bwrap {
            throw HTTPError(.forbidden, "In a sandbox the folder is for the template to say.")
        }
    }

    // MARK: What runs

    private func command(
        _ wish: TerminalMessages.Wish, _ template: TerminalTemplates.Template?, for user: UnixUser
    ) throws(HTTPError) -> (String, [String]) {
        if let command = wish.command { return (command, wish.args ?? []) }
        guard wish.args == nil else {
            throw HTTPError(.unprocessableContent, "\"args\" goes with \"command\".")
        }
        if let template, let command = template.command { return (command, template.arguments) }
        let shell = settings.shell ?? user.shell
        return (shell.isEmpty ? "/bin/sh" : shell, ["-l"])
    }

    /// What every program gets, and what the template adds.
    private func environment(
        of user: UnixUser, _ template: TerminalTemplates.Template?
    ) -> [String: String] {
        var variables = ["PATH": Self.standardPath]
        variables.merge(TaskSecrets.values(settings.environment)) { $1 }
        // The server's own path may lead where nobody else may go.
        if user.user != geteuid() { variables["PATH"] = Self.standardPath }
        let language = TaskSecrets.values(["LANG"])["LANG"] ?? ""
        let speaksUnicode = ["UTF-8", "UTF8"].contains { language.uppercased().hasSuffix($0) }
        variables.merge([
            "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": speaksUnicode ? language : "C.UTF-8",
            "HOME": user.home, "USER": user.name, "LOGNAME": user.name,
            "SHELL": settings.shell ?? (user.shell.isEmpty ? "/bin/sh" : user.shell),
        ]) { $1 }
        variables.merge(template?.environment ?? [:]) { $1 }
        return variables
    }
}
