import Configuration

/// Leaves an output for the phases that come.
struct EmitOutput: Action {
    static let name = "output"
    static let summary = "Leave a value for the phases that need this one"
    private let pair: String

    init(_ arguments: ArgumentReader) {
        pair = arguments.argument("KEY=VALUE", .output, "A name, `=` and the value, of several lines too.")
    }

    func perform() async throws(Failure) -> ExitCode {
        let key = pair.prefix { $0 != "=" }
        let value = pair.dropFirst(key.count + 1)
        guard value.utf8.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
            try TaskEvents.addOutput(pair)
            return .success
        }
        // No value has it in it but by intent, which gains nothing.
        let mark = "END_\(UInt64.random(in: .min ... .max))"
        try TaskEvents.addOutput("\(key)<<\(mark)\n\(value)\n\(mark)")
        return .success
    }
}

extension ValueKind where Value == String {
    /// A name and a value.
    fileprivate static let output = ValueKind(
        "key=value", "a name, `=` and a value", sample: "",
        parse: { text throws(Complaint) in
            let key = text.prefix { $0 != "=" }
            guard !key.isEmpty, key.count < text.count, !key.contains("<<"),
                key.allSatisfy({ !$0.isWhitespace })
            else { throw Complaint("is not a name, `=` and a value") }
            return text
        },
        print: { $0 })
}
