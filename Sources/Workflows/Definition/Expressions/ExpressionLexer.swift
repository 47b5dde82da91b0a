/// Cuts the text of an expression into words and signs, each with the place where it begins.
struct ExpressionLexer {
    enum Token: Equatable {
        case name(String)
        case number(Double)
        case text(String)
        case sign(String)
        case end
    }

    private let characters: [Character]
    private var position = 0

    init(_ text: some StringProtocol) { characters = Array(text) }

    /// The next token and its column. After the end it is the end again.
    mutating func next() throws(ExpressionError) -> (token: Token, column: Int) {
        while let character = peek, character.isWhitespace { position += 1 }
        let column = position + 1
        guard let character = peek else { return (.end, column) }
        if character == "'" { return (try quoted(), column) }
        if character == "\"" {
            throw ExpressionError(column: column, expected: "texts stand in single quotes: 'text'")
        }
        if Self.isDigit(character) || (character == "-" && peek(1).map(Self.isDigit) == true) {
            return (try number(), column)
        }
        if Self.begins(character) { return (.name(name()), column) }
        for sign in ["&&", "||", "==", "!=", "!", "(", ")", "."] where matches(sign) {
            position += sign.count
            return (.sign(sign), column)
        }
        let hint =
            switch character {
            case "=": "write `==` to compare"
            case "&": "write `&&` for `and`"
            case "|": "write `||` for `or`"
            case "<", ">", "*", "+", "-", "[", "?":
                "there is no `\(character)` here; there are `==`, `!=`, `!`, `&&`, `||` and parentheses"
            default: "`\(character)` cannot stand here"
            }
        throw ExpressionError(column: column, expected: hint)
    }

    /// A part of a path, which may begin with a digit: the name of a phase may.
    mutating func part() throws(ExpressionError) -> String {
        guard let character = peek, Self.continues(character), character != "-" else {
            throw ExpressionError(column: position + 1, expected: "a name belongs behind the `.`")
        }
        return name()
    }

    private var peek: Character? { peek(0) }

    private func peek(_ ahead: Int) -> Character? {
        position + ahead < characters.count ? characters[position + ahead] : nil
    }

    private func matches(_ sign: String) -> Bool { characters[position...].starts(with: sign) }

    private mutating func name() -> String {
        let start = position
        while let character = peek, Self.continues(character) { position += 1 }
        return String(characters[start..<position])
    }

    private mutating func number() throws(ExpressionError) -> Token {
        let start = position
        position += 1
        while let character = peek, Self.continues(character) || character == "." { position += 1 }
        guard let number = Double(String(characters[start..<position])), number.isFinite else {
            throw ExpressionError(column: start + 1, expected: "a number is written as `3` or `0.5`")
        }
        return .number(number)
    }

    /// Two quotes within stand for one.
    private mutating func quoted() throws(ExpressionError) -> Token {
        let start = position
        var text = ""
        position += 1
        while let character = peek {
            position += 1
            if character != "'" {
                text.append(character)
            } else if peek == "'" {
                text.append("'")
                position += 1
            } else {
                return .text(text)
            }
        }
        throw ExpressionError(column: start + 1, expected: "this text has no closing quote `'`")
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    private static func begins(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character == "_")
    }

    private static func continues(_ character: Character) -> Bool {
        begins(character) || isDigit(character) || character == "-"
    }
}
