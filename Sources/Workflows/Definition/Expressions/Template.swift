/// A text with `${{ … }}` in it, parsed when its workflow is.
package struct Template: Equatable, Sendable {
    package enum Part: Equatable, Sendable {
        case text(String)
        case value(Expression)
    }

    package let parts: [Part]

    package init(parts: [Part]) { self.parts = parts }

    package func text(in context: ExpressionContext) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .value(let expression): expression.value(in: context).text
            }
        }.joined()
    }
}

/// What a phase runs on: an expression that is true or not.
package struct Condition: Equatable, Sendable {
    package let expression: Expression

    package init(_ expression: Expression) { self.expression = expression }

    /// Without a word about how what it needs has ended, it holds only where all of that succeeded.
    package func holds(in context: ExpressionContext) -> Bool {
        (expression.asksForStatus || context.needsSucceeded) && expression.value(in: context).isTrue
    }
}
