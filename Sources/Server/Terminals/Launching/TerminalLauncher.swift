import Configuration
import Glibc
import Loop
import Terminals
import Wire

/// Makes of what somebody asks for, and of its template, what is to run: the command, as whom, where, and with which
/// variables.
struct TerminalLauncher: Sendable {
    /// For looking up whom it runs as, which may ask other machines.
    private static let patience = Duration.seconds(10)
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
    }

    func plan(
        _ wish: TerminalMessages.Wish, with template: TerminalTemplates.Template?, for caller: Caller,
        on loop: isolated EventLoop
    ) async throws(HTTPError) -> Plan {
        try check(wish, template, caller)
        let size = try wish.size
        let user = try await user(of: template, on: loop)
        try checkRoot(user.user, template)
        let (command, arguments) = try command(wish, template, for: user)
        let variables = environment(of: user, template, wish)
        let launchUser = user.user == geteuid() ? nil : user.launchUser
        guard let template, template.sandbox == .bwrap else {
            let directory = wish.cwd ?? template?.directory ?? user.home
            return Plan(
                launch: TerminalLaunch(
                    command, arguments, environment: variables, directory: directory, size: size,
                    user: launchUser),
                command: command, arguments: arguments, directory: directory)
        }
        let sandbox = try Bubblewrap(hiding: [dataFolder])
        let wrapped = sandbox.arguments(
            for: command, arguments, in: template.directory, hasNetwork: template.network)
        return Plan(
            launch: TerminalLaunch(
                sandbox.program, wrapped, environment: variables, directory: "/", size: size, user: launchUser
            ),
            command: command, arguments: arguments, directory: template.directory)
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

    private func checkRoot(_ user: UInt32, _ template: TerminalTemplates.Template?) throws(HTTPError) {
        guard user == 0, template?.allowRoot != true else { return }
        let isBuiltIn = template == nil || template == .shell
        guard isBuiltIn, settings.allowRoot else {
            throw HTTPError(
                .forbidden,
                isBuiltIn
                    ? "It would run as root, and terminals may not: define a template with `user`, or set "
                        + "`terminals.allow_root`."
                    : "It would run as root, and the template does not say `allow_root: true`.")
        }
    }

    private func user(
        of template: TerminalTemplates.Template?, on loop: isolated EventLoop
    ) async throws(HTTPError) -> UnixUser {
        let name = template?.user
        let found: UnixUser?
        do {
            found = try await offload.run(until: loop.now + Self.patience, on: loop) {
                name.map(UnixUser.named) ?? UnixUser.current()
            }
        } catch {
            throw HTTPError(.serviceUnavailable, "The system does not say who is who; try again later.")
        }
        guard let name else { return found ?? Self.unknown }
        guard let found else {
            throw HTTPError(
                .serviceUnavailable, "The template runs as \(name), and there is no such Unix user.")
        }
        guard found.user == geteuid() || geteuid() == 0 else {
            throw HTTPError(
                .serviceUnavailable,
                "The template runs as \(name), which only a server that runs as root can do.")
        }
        return found
    }

    /// As in a container whose user has no name.
    private static var unknown: UnixUser {
        UnixUser(
            name: "\(geteuid())", user: geteuid(), group: getegid(), groups: [], home: "/", shell: "/bin/sh")
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

    private func environment(
        of user: UnixUser, _ template: TerminalTemplates.Template?, _ wish: TerminalMessages.Wish
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
        variables.merge(wish.env ?? [:]) { $1 }
        return variables
    }
}
