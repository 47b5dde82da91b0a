/// Who may do what with a file, as chmod(1) has it in octal: `0660`.
package struct FileMode: Sendable, Hashable, CustomStringConvertible {
    package let bits: UInt32

    package init(text: String) throws(Complaint) {
        guard (3...4).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x37).contains($0) }),
            let bits = UInt32(text, radix: 8), bits <= 0o777
        else { throw Complaint("is not a file's mode: write three octal digits behind a zero, `0660`") }
        self.bits = bits
    }

    private init(bits: UInt32) { self.bits = bits }

    /// `0660`
    package static let forOwnerAndGroup = FileMode(bits: 0o660)

    package var description: String {
        let digits = String(bits, radix: 8)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension ValueKind where Value == FileMode {
    package static let fileMode = ValueKind(
        "mode", "a file's mode in octal, such as `0660`", sample: .forOwnerAndGroup,
        parse: { text throws(Complaint) in try FileMode(text: text) },
        print: { $0.description })
}
