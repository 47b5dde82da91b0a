/// What workflows, phases and inputs may be called: `[a-z0-9][a-z0-9_-]{0,63}`.
package enum WorkflowName {
    package static func isName(_ text: some StringProtocol) -> Bool {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first else { return false }
        return isPlain(first) && text.utf8.allSatisfy { isPlain($0) || $0 == 0x5F || $0 == 0x2D }
    }

    /// The end of a sentence that begins with what is no name.
    static let complaint =
        "is no name: write at most 64 of `a-z`, `0-9`, `-` and `_`, a letter or digit first"

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
}
