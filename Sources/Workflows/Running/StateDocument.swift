import Wire

/// Reads what a phase says its task's state is: one JSON object.
enum StateDocument {
    /// Minified; nil where nothing was written.
    static func parse(_ bytes: [UInt8]) throws(LeavingMistake) -> [UInt8]? {
        var bytes = bytes
        guard bytes.contains(where: { !" \t\r\n".utf8.contains($0) }) else { return nil }
        do throws(JSONError) {
            try JSONValidator.minify(&bytes)
        } catch {
            throw LeavingMistake("the task's state ($HOLDFAST_STATE) cannot be read. \(error)")
        }
        guard bytes.first == UInt8(ascii: "{") else {
            throw LeavingMistake("the task's state ($HOLDFAST_STATE) must be a JSON object: {…}")
        }
        return bytes
    }
}
