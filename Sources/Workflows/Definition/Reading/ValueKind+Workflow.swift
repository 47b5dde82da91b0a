import Configuration

extension ValueKind where Value == String {
    /// What workflows, phases and inputs are called.
    static let name = ValueKind(
        "name", "a name of `a-z`, `0-9`, `-` and `_`", sample: "",
        parse: { text throws(Complaint) in
            guard WorkflowName.isName(text) else { throw Complaint(WorkflowName.complaint) }
            return text
        },
        print: { $0 })

    /// The name of a variable.
    static let variable = ValueKind(
        "variable", "the name of a variable", sample: "",
        parse: { text throws(Complaint) in
            guard let first = text.utf8.first, !(0x30...0x39).contains(first), text.utf8.count <= 128,
                text.utf8.allSatisfy({ $0 == 0x5F || $0 < 0x80 && Character(Unicode.Scalar($0)).isWordLike })
            else {
                throw Complaint("is no name of a variable: write letters, digits and `_`, no digit first")
            }
            guard !TaskVariable.isReserved(text) else {
                throw Complaint("is set by Holdfast itself: choose another name")
            }
            return text
        },
        print: { $0 })

    /// What people call something.
    static let title = ValueKind(
        "text", "a text", sample: "",
        parse: { text throws(Complaint) in
            guard text.unicodeScalars.count <= 200 else { throw Complaint("is longer than 200 characters") }
            return try string.parse(text)
        },
        print: { $0 })

    /// A text of any number of lines.
    static let prose = ValueKind(
        "text", "a text", sample: "",
        parse: { text throws(Complaint) in
            guard !text.utf8.contains(0) else { throw Complaint("has a NUL in it") }
            guard text.utf8.count <= 8 << 10 else { throw Complaint("is longer than 8 KiB") }
            return text
        },
        print: { $0 })
}

extension ValueKind where Value == Template {
    /// A text that may have `${{ … }}` in it.
    static let template = ValueKind(
        "text", "a text", sample: Template(""),
        parse: { text throws(Complaint) in
            guard !text.utf8.contains(0) else { throw Complaint("has a NUL in it") }
            guard text.utf8.count <= 64 << 10 else { throw Complaint("is longer than 64 KiB") }
            do throws(ExpressionError) {
                return try Template.parse(text)
            } catch {
                throw Complaint("is not right \(error)")
            }
        },
        print: { $0.literal ?? "" })
}

extension ValueKind where Value == Condition {
    static let condition = ValueKind(
        "condition", "a condition such as `inputs.level == 'high'`",
        sample: Condition(.literal(.flag(false))),
        parse: { text throws(Complaint) in
            do throws(ExpressionError) {
                return try Condition.parse(text)
            } catch {
                throw Complaint("is not right \(error)")
            }
        },
        print: { _ in "" })
}

extension ValueKind where Value == Double {
    static func decimal(_ range: ClosedRange<Double>) -> ValueKind {
        let bounds =
            "from \(InputValue.number(range.lowerBound).text) to \(InputValue.number(range.upperBound).text)"
        return ValueKind(
            "number", "a number \(bounds)", sample: range.lowerBound,
            parse: { text throws(Complaint) in
                guard let number = Double(text) else { throw Complaint("is not a number") }
                guard range.contains(number) else { throw Complaint("is out of range: \(bounds)") }
                return number
            },
            print: { InputValue.number($0).text })
    }
}

extension Character {
    fileprivate var isWordLike: Bool { isLetter || isNumber }
}
