import Configuration
import FoundationEssentials

/// A list as `--json` prints it: one array of objects in snake_case, with the same keys in the same order each time.
struct JSONList<Item: Encodable> {
    let items: [Item]

    func print() throws(Failure) -> ExitCode {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text: Data
        do {
            text = try encoder.encode(items)
        } catch {
            throw Failure(.fault, "The list cannot be written as JSON: \(error)")
        }
        return Output.result(String(decoding: text, as: UTF8.self) + "\n")
    }
}

extension ArgumentReader {
    /// `--json`, of the commands that list.
    func json() -> Bool { flag("json", "Prints JSON, for scripts.") }
}
