import Configuration
import Loop
import Server
import Sessions
import Transport

/// Prints what a live endpoint says, for as long as it says something.
struct Watch: SignalHearing {
    static let name = "watch"
    static let summary = "Print a live endpoint's messages, one per line, across reconnections"
    static let details = """
        PATH is a feed's name (`system-status`, `builds`) or an address under `/api/v1/ws`. Each message is a line on \
        standard output; binary ones come out as they are. When the connection ends, standard error says why; if \
        that may pass, the command connects again, after a pause that grows to 30 s, and goes on behind the last \
        message it had. What was missed for good is told by a message `gap`, and a feed that began anew, as all do \
        with their server, by `reset`. An ending that is final is its exit status: 0 when the work is done, 77 when \
        the token is, and so on. Ctrl-C says goodbye and exits with 130.
        """

    private let path: LivePath
    private let after: Int?
    private let count: Int?
    private let patience: Duration?
    private let isQuiet: Bool
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        path = arguments.argument("PATH", .livePath, "What to watch.")
        after = arguments.option(
            "after", .integer(0...Int.max), "The last `seq` that is known: go on behind it.")
        count = arguments.option("count", .integer(1...Int.max), "Ends, with 0, after so many messages.")
        patience = arguments.option(
            "patience", .duration(.zero ... .days(3650)),
            "How long to go on trying without a connection. Default: 10m once there was one, 0s before.")
        isQuiet = arguments.flag("quiet", "Says nothing of endings that it gets over.")
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let access = try server.access(as: .viewer)
        let plan = FollowingPlan(
            search: access.search, path: path, after: after.map(UInt64.init), count: count, patience: patience
        )
        let end = try await ClientLoop.run(
            trusting: access.authorities, isSecure: access.search.mayBeSecure
        ) { here throws(Failure) in
            try await Following.follow(plan, by: access, here) { following throws(Failure) in
                try await print(following)
            }
        }
        return end.map(ExitCode.init(_:)) ?? .success
    }

    /// Prints until it ends for good: the ending, or nil when there is nobody left to print for or nothing left to
    /// print. Writing may wait for the reader, here and not on the loop, where the server's pings are answered.
    private func print(_ following: LoopBound<Following>) async throws(Failure) -> Ending? {
        while true {
            switch await following.run({ following, loop in await following.next(on: loop) }) {
            case .messages(let lines):
                do throws(SystemError) {
                    try Output.write(lines)
                } catch  where error.isReaderGone {
                    return nil
                } catch {
                    throw Failure(error)
                }
            case .lost(let ending, let pause):
                if !isQuiet {
                    Output.say("\(path.text): \(ending.words) Trying again in \(pause.text).")
                }
            case .resumed:
                if !isQuiet { say("Connected again.") }
            case .woken: continue
            case .ended(let ending):
                say(ending.words)
                return ending
            case .counted: return nil
            case .failed(let failure): throw failure
            }
        }
    }

    private func say(_ text: String) { Output.say("\(path.text): \(text)") }
}
