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

    /// As it may be stored.
    static func masked(_ state: [UInt8], by mask: SecretMask) throws(LeavingMistake) -> [UInt8] {
        let shown = mask.masked(json: state)
        guard shown.first == UInt8(ascii: "{") else {
            throw LeavingMistake(
                "the task's state ($HOLDFAST_STATE) as a whole has a secret in it: it is left out")
        }
        return shown
    }
}
