/// The words that webhooks, schedules and notifications are configured with.
extension ValueKind where Value == String {
    /// A name that stands in a path as it is.
    static let triggerName = ValueKind(
        "name", "a name of up to 60 letters, digits, `-`, `_` and `.`", sample: "",
        parse: { text throws(Complaint) in
            guard (1...60).contains(text.utf8.count), text.contains(where: { $0.isLetter || $0.isNumber }),
                text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
            else { throw Complaint("cannot be a name: take up to 60 letters, digits, `-`, `_` and `.`") }
            return text
        },
        print: { $0 })

    static let workflowName = ValueKind(
        "workflow", "a workflow's name", sample: "",
        parse: { text throws(Complaint) in
            guard !text.isEmpty else { throw Complaint("names no workflow") }
            return try string.parse(text)
        },
        print: { $0 })

    /// Text of one or more lines.
    static let prose = ValueKind(
        "text", "a text, of several lines perhaps", sample: "",
        parse: { text throws(Complaint) in
            guard !text.utf8.contains(0) else { throw Complaint("has a NUL in it") }
            return text
        },
        print: { $0 })
}

extension ValueKind where Value == Int {
    static let taskPriority = ValueKind.integer(-100...100)
}
