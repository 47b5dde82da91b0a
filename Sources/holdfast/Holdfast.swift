import Configuration
import Glibc
import Loop

/// The command line: reads what was asked for, does it, and says how it went by its exit status.
@main struct Holdfast {
    // Not `async`: the runtime would then park this thread with every signal open, and it would take those that
    // a server wants to hear.
    static func main() {
        StandardStreams.openMissing()
        // Whoever reads the output may go away; that is then an error of writing, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow is a disk that is full.
        signal(SIGXFSZ, SIG_IGN)
        let command: any Command
        do throws(ConfigurationError) {
            switch try Program.holdfast.parse(Array(CommandLine.arguments.dropFirst())) {
            case .say(let text): exit(Output.result(text).rawValue)
            case .run(let meant): command = meant
            }
        } catch {
            Output.say(error.description)
            exit(error.exitCode.rawValue)
        }
        // Threads inherit what is blocked, so this comes before there is any.
        if let hearing = command as? any SignalHearing { Signals.blockForProcess(type(of: hearing).signals) }
        // Detached, since this function belongs to the main actor, which never runs again.
        Task.detached { exit(await command.run().rawValue) }
        while true { pause() }
    }
}
