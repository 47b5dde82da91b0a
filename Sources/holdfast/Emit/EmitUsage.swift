import Configuration
import Workflows

/// Says what the phase has used.
struct EmitUsage: Action {
    static let name = "usage"
    static let summary = "Say what was used since the last time: tokens, cost, anything that is counted"
    static let details = "All that a task's phases say is added up, by name."
    private let figures: [String]

    init(_ arguments: ArgumentReader) {
        figures = arguments.arguments("KEY=NUMBER", .figure, "A name and a number that is not negative.")
    }

    func perform() async throws(Failure) -> ExitCode {
        guard !figures.isEmpty else { throw Failure(.usage, "say what was used, as `tokens=1200`") }
        return try TaskEvents.say("usage \(figures.joined(separator: ","))", "")
    }
}

extension ValueKind where Value == String {
    /// A name and a number, as the server will read them.
    fileprivate static let figure = ValueKind(
        "key=number", "a name, `=` and a number", sample: "",
        parse: { text throws(Complaint) in
            guard !text.contains(where: { " ,\n\r:".contains($0) }),
                case .usage? = OutputCommand("::usage \(text)::", from: .events)
            else { throw Complaint("is not a name, `=` and a number that is not negative, as `tokens=1200`") }
            return text
        },
        print: { $0 })
}
