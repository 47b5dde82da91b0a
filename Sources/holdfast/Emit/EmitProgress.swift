import Configuration

/// Says how far the phase is.
struct EmitProgress: Action {
    static let name = "progress"
    static let summary = "Say how far the phase is"
    private let percent: Int
    private let text: String?

    init(_ arguments: ArgumentReader) {
        percent = arguments.argument("PERCENT", .integer(0...100), "How much of it is done, in hundredths.")
        text = arguments.optionalArgument("TEXT", .anyText, "What it is doing.")
    }

    func perform() async throws(Failure) -> ExitCode {
        try TaskEvents.say("progress percent=\(percent)", text ?? "")
    }
}
