import Configuration
import Glibc
import Loop
import Server
import Sessions
import Terminals

/// Takes part in a terminal of the server from this one.
struct Attach: SignalHearing {
    static let name = "attach"
    static let summary = "Use a terminal of the server from this one, across reconnections"
    static let signals = Attachment.signals
    static let details = """
        Keys go there and what is said comes here, byte by byte; the terminal takes the size of this one. Without ID \
        it is the only terminal of yours that runs. Ctrl-P Ctrl-Q leaves it running; a lone Ctrl-P is handed on with \
        the key after it. When the connection is lost the command connects again, and goes on behind the last byte \
        that it had, and behind the last that the terminal took of what was typed: nothing is lost, and nothing comes \
        twice. Only where the server itself was restarted, what was typed before and the program had not read by then \
        may be lost, which is said; what still waited here is not typed behind that. Keys wait here up to 8 MiB; more \
        are dropped, which is said too. Whatever ends the command, but SIGKILL, gives this terminal back as it was.
        Exit status: that of the terminal's program when it ends, 128 and the number of the signal that ended it; 0 \
        when you leave, 130 where a signal ended the command; else as `watch` has it.
        Standard input and output may be pipes: what comes is typed as it is, and the end of it ends nothing.
        """

    private let terminal: TerminalName?
    private let isNew: Bool
    private let template: String?
    private let words: [String]
    private let isReadOnly: Bool
    private let takesOver: Bool
    private let keys: DetachKeys
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        isNew = arguments.flag("new", "Makes a terminal, for COMMAND or, without one, a shell.")
        terminal =
            isNew
            ? nil
            : arguments.optionalArgument("ID", .terminal, "The terminal, as `holdfast terminals` lists it.")
                ?? nil
        words = arguments.arguments(
            "COMMAND", .anyText, "With --new, behind `--`: what runs in it, with its arguments.")
        template = arguments.option("template", .string, "With --new: what kind of terminal it is.")
        isReadOnly = arguments.flag("read-only", "Looks, and does not type.")
        takesOver = arguments.flag("takeover", "Takes the place of who types there now.")
        keys = arguments.option(
            "detach-keys", .detachKeys, default: .standard, "The keys that leave; empty for none.")
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let choice = try choice()
        let access = try server.access(as: .admin)
        let end = try await ClientLoop.run(
            trusting: access.authorities, isSecure: access.search.mayBeSecure
        ) { here throws(Failure) in
            let attachment = LoopBound(
                Attachment(isReadOnly: isReadOnly, takesOver: takesOver, keys: keys), to: here.loop)
            let failure = await attachment.run { attachment, loop -> SystemError? in
                do throws(SystemError) { try attachment.start(on: loop) } catch { return error }
                return nil
            }
            if let failure { throw Failure(failure) }
            let end: Result<AttachmentEnd, Failure>
            do throws(Failure) {
                end = .success(
                    try await AttachmentPrinter(choice.find(by: access), attachment).follow(access, here))
            } catch {
                end = .failure(error)
            }
            let last = await attachment.run { attachment, loop in attachment.stop(on: loop) }
            try? Output.write(last.output)
            LocalTerminal.leaveRaw()
            for line in last.lines { Output.say(line) }
            return try end.get()
        }
        if let words = end.words { Output.say(words) }
        // Any number may be the status of a program; `ExitCode` has those that are this one's own.
        if case .exited(let status) = end { exit(status) }
        return end.code
    }

    private func choice() throws(Failure) -> TerminalChoice {
        if isNew {
            let size = LocalTerminal.isInput ? LocalTerminal.size : nil
            return .new(
                TerminalChoice.Wish(
                    template: template, command: words.first,
                    args: words.count > 1 ? Array(words.dropFirst()) : nil, cols: size?.cols,
                    rows: size?.rows))
        }
        guard words.isEmpty, template == nil else {
            throw Failure(.usage, "A command and --template are for a new terminal: say --new.")
        }
        return terminal.map { .named($0) } ?? .only
    }
}

extension ValueKind where Value == DetachKeys {
    static let detachKeys = ValueKind(
        "keys", "keys such as `ctrl-p,ctrl-q`", sample: .standard,
        parse: { text throws(Complaint) in
            guard let keys = DetachKeys(text) else {
                throw Complaint("is no list of keys such as `ctrl-p,ctrl-q` or `ctrl-],q`")
            }
            return keys
        },
        print: { $0.text })
}
