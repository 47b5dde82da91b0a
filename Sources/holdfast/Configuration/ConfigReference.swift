import Configuration

/// Prints the documentation of all settings, made from their types.
struct ConfigReference: Action {
    static let name = "reference"
    static let summary = "Print the documentation of every setting, in Markdown"

    init(_ arguments: ArgumentReader) {}

    func perform() async throws(Failure) -> ExitCode { Output.result(Settings.reference) }
}
