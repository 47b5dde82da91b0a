extension Expression {
    /// Reads `inputs.level == 'high' && success()`. `!` binds closest, then `==` and `!=`, then `&&`, then `||`.
    package static func parse(_ text: some StringProtocol) throws(ExpressionError) -> Expression {
        guard text.utf8.count <= ExpressionParser.longest else {
            throw ExpressionError(
                column: 1, expected: "an expression has at most \(ExpressionParser.longest) bytes")
        }
        var parser = try ExpressionParser(text)
        return try parser.whole()
    }
}

/// Recursive descent over the tokens of one expression, within a bound of depth.
struct ExpressionParser {
    /// In bytes: more is a program, and belongs into a script.
    static let longest = 1024
    /// How deep parentheses and `!` may be nested, so that no text exhausts the stack.
    private static let deepest = 32

    private var lexer: ExpressionLexer
    private var token: ExpressionLexer.Token
    private var column: Int
    private var depth = 0

    fileprivate init(_ text: some StringProtocol) throws(ExpressionError) {
        lexer = ExpressionLexer(text)
        (token, column) = try lexer.next()
    }

    fileprivate mutating func whole() throws(ExpressionError) -> Expression {
        let expression = try either()
        guard token == .end else {
            throw wrong("expected `&&`, `||`, `==`, `!=` or the end")
        }
        return expression
    }

    private mutating func either() throws(ExpressionError) -> Expression {
        var left = try both()
        while try take("||") { left = .either(left, try both()) }
        return left
    }

    private mutating func both() throws(ExpressionError) -> Expression {
        var left = try comparison()
        while try take("&&") { left = .both(left, try comparison()) }
        return left
    }

    private mutating func comparison() throws(ExpressionError) -> Expression {
        let left = try negation()
        if try take("==") { return .equal(left, try negation()) }
        if try take("!=") { return .unequal(left, try negation()) }
        return left
    }

    private mutating func negation() throws(ExpressionError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw wrong("nested more than \(Self.deepest) deep") }
        if try take("!") { return .not(try negation()) }
        return try single()
    }

    private mutating func single() throws(ExpressionError) -> Expression {
        switch token {
        case .text(let text): return try literal(.text(text))
        case .number(let number): return try literal(.number(number))
        case .name(let name): return try named(name)
        case .sign("("):
            try advance()
            let inner = try either()
            guard try take(")") else { throw wrong("expected `)`") }
            return inner
        case .sign, .end:
            throw wrong("expected a value: a path such as `inputs.name`, a 'text', a number or `success()`")
        }
    }

    private mutating func literal(_ value: ExpressionValue) throws(ExpressionError) -> Expression {
        try advance()
        return .literal(value)
    }

    private mutating func named(_ name: String) throws(ExpressionError) -> Expression {
        switch name {
        case "true": return try literal(.flag(true))
        case "false": return try literal(.flag(false))
        case "null": return try literal(.nothing)
        default: break
        }
        let start = column
        try advance()
        if token == .sign("(") { return try call(name, at: start) }
        var path = [name]
        while token == .sign(".") {
            path.append(try lexer.part())
            try advance()
        }
        return .path(path)
    }

    private mutating func call(_ name: String, at start: Int) throws(ExpressionError) -> Expression {
        guard let function = Expression.Function(rawValue: name) else {
            let known = Expression.Function.allCases.map { "`\($0.rawValue)()`" }.joined(separator: ", ")
            throw ExpressionError(column: start, expected: "there is no `\(name)()`; there are \(known)")
        }
        try advance()
        guard try take(")") else { throw wrong("`\(name)()` takes nothing: expected `)`") }
        return .call(function)
    }

    private mutating func advance() throws(ExpressionError) { (token, column) = try lexer.next() }

    private mutating func take(_ sign: String) throws(ExpressionError) -> Bool {
        guard token == .sign(sign) else { return false }
        try advance()
        return true
    }

    private func wrong(_ expected: String) -> ExpressionError {
        ExpressionError(column: column, expected: expected)
    }
}
