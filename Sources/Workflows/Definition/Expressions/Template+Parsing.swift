extension Template {
    /// Reads a text with `${{ … }}` in it. `$${{` stands for `${{` itself.
    package static func parse(_ text: String) throws(ExpressionError) -> Template {
        var parts: [Part] = []
        var literal = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            literal += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${{") {
                literal += "${{"
                rest = rest.dropFirst(4)
            } else if rest.hasPrefix("${{") {
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = ""
                let start = rest.startIndex
                do throws(ExpressionError) {
                    parts.append(.value(try Expression.parse(try Self.inner(&rest))))
                } catch {
                    let before = text.distance(from: text.startIndex, to: start)
                    throw ExpressionError(column: before + 3 + error.column, expected: error.expected)
                }
            } else {
                literal.append("$")
                rest = rest.dropFirst()
            }
        }
        literal += rest
        if !literal.isEmpty { parts.append(.text(literal)) }
        return Template(parts: parts)
    }

    /// What stands in the `${{ … }}` that `rest` begins with, and takes it off. A `}}` within quotes ends nothing.
    private static func inner(_ rest: inout Substring) throws(ExpressionError) -> Substring {
        let inside = rest.dropFirst(3)
        var isQuoted = false
        var place = inside.startIndex
        while place < inside.endIndex {
            if inside[place] == "'" { isQuoted.toggle() }
            if !isQuoted, inside[place...].hasPrefix("}}") {
                rest = inside[place...].dropFirst(2)
                return inside[..<place]
            }
            place = inside.index(after: place)
        }
        // Counted as within the expression, of which this is before the first.
        throw ExpressionError(column: -2, expected: "this `${{` has no `}}`")
    }

    /// A text that means itself.
    package init(_ literal: String) { self.init(parts: literal.isEmpty ? [] : [.text(literal)]) }

    /// The text, where there is no expression in it.
    package var literal: String? {
        var text = ""
        for part in parts {
            guard case .text(let piece) = part else { return nil }
            text += piece
        }
        return text
    }

    package var expressions: [Expression] {
        parts.compactMap { part in
            if case .value(let expression) = part { expression } else { nil }
        }
    }
}

extension Condition {
    /// Reads what stands behind `if:`, with or without `${{ }}` around it.
    package static func parse(_ text: String) throws(ExpressionError) -> Condition {
        let template = try Template.parse(text.trimmed)
        switch (template.parts.count, template.parts.first) {
        case (1, .value(let expression)?): return Condition(expression)
        case (1, .text?), (0, _): return Condition(try Expression.parse(text))
        default:
            throw ExpressionError(
                column: 1, expected: "the whole condition stands in one `${{ … }}`, or in none")
        }
    }
}

extension String {
    /// Without white space at its ends.
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
