import Configuration

/// A terminal's id, as it stands in addresses.
struct TerminalName: Sendable, CustomStringConvertible {
    let description: String

    init?(_ text: String) {
        guard (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            })
        else { return nil }
        description = text
    }

    /// The path of what is asked for about it.
    func path(_ what: String = "") -> String { "/api/v1/terminals/\(self)\(what)" }
}

extension ValueKind where Value == TerminalName? {
    static let terminal = ValueKind(
        "id", "a terminal's id", sample: nil,
        parse: { text throws(Complaint) in
            guard let name = TerminalName(text) else {
                throw Complaint("is no terminal's id: letters and digits, as `holdfast terminals` lists them")
            }
            return name
        },
        print: { $0?.description ?? "" })
}

extension ArgumentReader {
    /// `ID`, of the commands that are about one terminal. There is one when the command runs.
    func terminal() -> TerminalName? {
        argument("ID", .terminal, "The terminal, as `holdfast terminals` lists it.")
    }
}

extension TerminalName? {
    func path(_ what: String = "") -> String { self?.path(what) ?? "/api/v1/terminals" }
}
