package import Wire

/// A change of a task's state document, as RFC 7396 has it: members replace those of the same name, null removes.
package struct StatePatch: Equatable, Sendable {
    package static let mostBytes = 1 << 20

    let json: String
    var size: Int { json.utf8.count }

    /// - Parameter json: an object of at most a mebibyte; nil for anything else that is JSON.
    package init?(_ json: [UInt8]) throws(JSONError) {
        var bytes = json
        try JSONValidator.minify(&bytes)
        guard bytes.first == UInt8(ascii: "{"), bytes.count <= Self.mostBytes else { return nil }
        self.json = String(decoding: bytes, as: UTF8.self)
    }
}
