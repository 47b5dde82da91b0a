import Configuration
import Glibc

/// The command line: reads what was asked for, does it, and says how it went by its exit status.
@main struct Holdfast {
    static func main() async {
        // Whoever reads the output may go away; that is then an error of writing, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        let words = Array(CommandLine.arguments.dropFirst())
        exit(await run(words).rawValue)
    }

    private static func run(_ words: [String]) async -> ExitCode {
        do throws(ConfigurationError) {
            switch try Program.holdfast.parse(words) {
            case .say(let text): return Output.result(text)
            case .run(let command): return await command.run()
            }
        } catch {
            Output.say(error.description)
            return error.exitCode
        }
    }
}
