/// What stands between `${{` and `}}`, or behind `if:`.
package indirect enum Expression: Equatable, Sendable {
    case literal(ExpressionValue)
    /// `inputs.name`, `phases.build.outputs.version`, `task.id`
    case path([String])
    case call(Function)
    case not(Expression)
    case both(Expression, Expression)
    case either(Expression, Expression)
    case equal(Expression, Expression)
    case unequal(Expression, Expression)

    /// What can be asked about how the phases before have ended.
    package enum Function: String, CaseIterable, Sendable {
        case success, failure, always, cancelled
    }
}

package enum ExpressionValue: Equatable, Sendable {
    case nothing
    case flag(Bool)
    case number(Double)
    case text(String)
}

/// What an expression is about.
package struct ExpressionContext: Sendable {
    /// By their whole paths, `inputs.name`.
    package var values: [String: ExpressionValue]
    package var needsSucceeded: Bool
    package var anyFailed: Bool
    package var isCancelled: Bool

    package init(
        values: [String: ExpressionValue] = [:], needsSucceeded: Bool = true, anyFailed: Bool = false,
        isCancelled: Bool = false
    ) {
        self.values = values
        self.needsSucceeded = needsSucceeded
        self.anyFailed = anyFailed
        self.isCancelled = isCancelled
    }
}

extension ExpressionValue {
    package var isTrue: Bool {
        switch self {
        case .nothing: false
        case .flag(let flag): flag
        case .number(let number): number != 0
        case .text(let text): !text.isEmpty
        }
    }

    package var text: String {
        switch self {
        case .nothing: ""
        case .flag(let flag): InputValue.flag(flag).text
        case .number(let number): InputValue.number(number).text
        case .text(let text): text
        }
    }
}

extension Expression {
    package func value(in context: ExpressionContext) -> ExpressionValue {
        switch self {
        case .literal(let value): return value
        case .path(let path): return context.values[path.joined(separator: ".")] ?? .nothing
        case .call(let function): return .flag(function.holds(in: context))
        case .not(let inner): return .flag(!inner.value(in: context).isTrue)
        case .both(let left, let right):
            let value = left.value(in: context)
            return value.isTrue ? right.value(in: context) : value
        case .either(let left, let right):
            let value = left.value(in: context)
            return value.isTrue ? value : right.value(in: context)
        case .equal(let left, let right): return .flag(Self.areEqual(left, right, in: context))
        case .unequal(let left, let right): return .flag(!Self.areEqual(left, right, in: context))
        }
    }

    /// Values of different kinds are compared as texts, so that an input of `3` equals `'3'`.
    private static func areEqual(
        _ left: Expression, _ right: Expression, in context: ExpressionContext
    ) -> Bool {
        let (left, right) = (left.value(in: context), right.value(in: context))
        return left == right || left.text == right.text
    }

    /// Whether it says itself what it wants of the phases before.
    package var asksForStatus: Bool {
        switch self {
        case .call: true
        case .literal, .path: false
        case .not(let inner): inner.asksForStatus
        case .both(let left, let right), .either(let left, let right), .equal(let left, let right),
            .unequal(let left, let right):
            left.asksForStatus || right.asksForStatus
        }
    }
}

extension Expression.Function {
    func holds(in context: ExpressionContext) -> Bool {
        switch self {
        case .success: context.needsSucceeded
        case .failure: context.anyFailed
        case .always: true
        case .cancelled: context.isCancelled
        }
    }
}
