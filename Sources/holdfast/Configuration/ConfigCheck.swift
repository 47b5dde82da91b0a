import Configuration
import Server

/// Reads the configuration and names every mistake in it at once.
struct ConfigCheck: Action {
    static let name = "check"
    static let summary = "Name every mistake in the configuration at once"
    static let details = """
        Reads what `serve` would read: the file, the variables and the flags. Each mistake is a line on standard \
        error, `file:line:column: key: what is wrong`; then the exit status is 78. Secrets are not looked for: they may be \
        there for the server alone.
        """

    private let file: String?
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        file = arguments.optionalArgument(
            "FILE", .path, "The file to check, in place of the one that `serve` reads.")
        settings = arguments.settings(showing: [])
    }

    func perform() async throws(Failure) -> ExitCode {
        let environment = Environment.variables
        do throws(ConfigurationError) {
            let found: ConfigurationFile? =
                if let file {
                    try ConfigurationFile(reading: file)
                } else {
                    try ConfigurationFile.find(named: settings.file, environment: environment)
                }
            let sources = SettingSources(file: found, environment: environment, flags: settings.flags)
            try TriggerPlan.check(try sources.read { Settings($0) }.settings)
            return Output.result("\(found?.path ?? "no file"): no mistakes\n")
        } catch {
            throw Failure(error)
        }
    }
}
