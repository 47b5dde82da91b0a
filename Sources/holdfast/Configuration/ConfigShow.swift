import Configuration

/// Prints each setting with its value and where that was said.
struct ConfigShow: Action {
    static let name = "show"
    static let summary = "Print every setting, its value, and where that was said"

    private let isJSON: Bool
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        isJSON = arguments.json()
        settings = arguments.settings(showing: [])
    }

    private struct Item: Encodable {
        let name: String
        let value: String
        let origin: String
    }

    func perform() async throws(Failure) -> ExitCode {
        let reading = try settings.read()
        guard isJSON else { return Output.result(reading.listing) }
        return try JSONList(
            items: reading.entries.map { Item(name: $0.name, value: $0.value, origin: "\($0.origin)") }
        ).print()
    }
}
