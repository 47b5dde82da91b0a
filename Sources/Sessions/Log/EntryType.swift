/// What `"type"` says in a live message: made once, written to every entry of that type as it is.
package struct EntryType: Hashable, Sendable {
    /// `{"type":"NAME"`
    let opening: [UInt8]

    /// - Parameter name: printable ASCII without quote and backslash, so that it stands in JSON as it is.
    package init?(_ name: String) {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        guard isPlain, !name.isEmpty, name.utf8.count <= 200 else { return nil }
        opening = Array("{\"type\":\"\(name)\"".utf8)
    }

    /// The name of a type that the program itself knows.
    package init(_ name: StaticString) {
        guard let type = EntryType("\(name)") else {
            preconditionFailure("\(name) cannot be a type as it is")
        }
        self = type
    }

    package static let gap = EntryType("gap" as StaticString)
    package static let reset = EntryType("reset" as StaticString)
}
