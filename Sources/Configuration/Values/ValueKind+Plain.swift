extension ValueKind where Value == String {
    /// Any text that fits on a line.
    package static let string = ValueKind(
        "text", "a text", sample: "",
        parse: { text throws(Complaint) in
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw Complaint("has a control character in it")
            }
            return text
        },
        print: { $0 })

    /// A file or folder. A relative one starts from the folder that the program was started in.
    package static let path = ValueKind(
        "path", "a path", sample: "",
        parse: { text throws(Complaint) in
            guard !text.isEmpty else { throw Complaint("is no path: it is empty") }
            return try string.parse(text)
        },
        print: { $0 })

    /// What a browser sends in `Origin`.
    package static let origin = ValueKind(
        "origin", "an origin such as `https://app.example.com`", sample: "",
        parse: { text throws(Complaint) in
            let lower = text.lowercased()
            let host = ["https://", "http://"].first { lower.hasPrefix($0) }.map { lower.dropFirst($0.count) }
            guard let host, !host.isEmpty,
                host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#@,".utf8.contains($0) })
            else {
                throw Complaint(
                    "is not an origin: write scheme, host and port only, `https://app.example.com`")
            }
            return lower
        },
        print: { $0 })
}

extension ValueKind where Value == Bool {
    package static let boolean = {
        var kind = ValueKind(
            "true|false", "`true` or `false`", sample: false,
            parse: { text throws(Complaint) in
                switch text {
                case "true": return true
                case "false": return false
                default: throw Complaint("is neither `true` nor `false`")
                }
            },
            print: { $0 ? "true" : "false" })
        kind.isSwitch = true
        return kind
    }()
}

extension ValueKind where Value == Int {
    package static func integer(_ range: ClosedRange<Int>) -> ValueKind {
        ValueKind(
            "number", "a whole number from \(range.lowerBound) to \(range.upperBound)",
            sample: range.lowerBound,
            parse: { text throws(Complaint) in
                guard let number = Int(text), !text.hasPrefix("+") else {
                    throw Complaint("is not a whole number")
                }
                guard range.contains(number) else {
                    throw Complaint("is out of range: from \(range.lowerBound) to \(range.upperBound)")
                }
                return number
            },
            print: { String($0) })
    }

    /// A share of a whole, kept as hundredths: `10%`.
    package static func percent(_ range: ClosedRange<Int>) -> ValueKind {
        ValueKind(
            "percent", "a percentage from \(range.lowerBound)% to \(range.upperBound)%",
            sample: range.lowerBound,
            parse: { text throws(Complaint) in
                guard text.hasSuffix("%"), let number = Int(text.dropLast()), !text.hasPrefix("+") else {
                    throw Complaint("is not a percentage: write `10%`")
                }
                guard range.contains(number) else {
                    throw Complaint("is out of range: from \(range.lowerBound)% to \(range.upperBound)%")
                }
                return number
            },
            print: { "\($0)%" })
    }
}

extension ValueKind where Value: CaseIterable & RawRepresentable<String> {
    /// One of the words of an enumeration.
    package static func choice(of type: Value.Type = Value.self) -> ValueKind {
        let words = Value.allCases.map(\.rawValue)
        let listed = words.map { "`\($0)`" }.joined(separator: ", ")
        return ValueKind(
            words.joined(separator: "|"), "one of \(listed)", sample: Value.allCases.first!,
            parse: { text throws(Complaint) in
                guard let value = Value(rawValue: text) else {
                    throw Complaint("is not one of \(listed)\(Suggestion.phrase(for: text, among: words))")
                }
                return value
            },
            print: { $0.rawValue })
    }
}
