import TestKit
import Testing
import Workflows

@Suite struct ExpressionTests {
    private let context = ExpressionContext(
        values: [
            "inputs.level": .text("high"), "inputs.count": .number(3), "inputs.dry-run": .flag(true),
            "phases.1st.outputs.version": .text("1.2"), "inputs.quote": .text("it's"),
        ], needsSucceeded: false, anyFailed: true)

    /// Each term is looked at once, so a long chain takes no longer than its length.
    @Test(arguments: ["1", "0"], ["||", "&&"])
    func aLongChainIsEvaluatedInOnePass(term: String, operation: String) throws {
        let chain = [String](repeating: term, count: 200).joined(separator: operation)
        let value = try Expression.parse(chain).value(in: ExpressionContext())
        #expect(value.isTrue == (term == "1"))
    }

    @Test(arguments: [
        ("inputs.level == 'high'", "true"), ("inputs.level != 'high'", "false"),
        ("inputs.count == 3", "true"), ("inputs.count == '3'", "true"), ("inputs.count == -3", "false"),
        ("inputs.dry-run", "true"), ("!inputs.dry-run", "false"), ("!!inputs.dry-run", "true"),
        ("phases.1st.outputs.version", "1.2"), ("inputs.none", ""), ("null", ""), ("0.5", "0.5"),
        ("inputs.quote == 'it''s'", "true"), ("inputs.none || 'else'", "else"),
        ("inputs.level && 'then'", "then"), ("success()", "false"), ("failure()", "true"),
        ("always( )", "true"), ("cancelled()", "false"),
        ("false && false || true", "true"), ("true || false && false", "true"),
        ("false && (false || true)", "false"), ("!false == true", "true"), ("false == false && true", "true"),
    ])
    func anExpressionHasTheValueThatItsSignsSay(text: String, value: String) throws {
        #expect(try Expression.parse(text).value(in: context).text == value)
        #expect(try Expression.parse("  ( \(text)\n) ").value(in: context).text == value)
    }

    @Test(arguments: [
        ("", 1, "expected a value"), ("inputs.", 8, "a name belongs"), ("a = b", 3, "write `==`"),
        ("a == 'b", 6, "no closing quote"), ("(a", 3, "expected `)`"), ("a b", 3, "or the end"),
        ("a == b == c", 8, "or the end"), ("\"a\"", 1, "single quotes"),
        ("contains(a)", 1, "there is no `contains()`"),
        ("success(1)", 9, "takes nothing"), ("a & b", 3, "write `&&`"), ("1.2.3", 1, "a number is written"),
        ("a && ", 6, "expected a value"), ("a > 1", 3, "there is no `>`"), ("ä", 1, "cannot stand here"),
    ])
    func aMistakeNamesItsPlace(text: String, column: Int, part: String) {
        do {
            _ = try Expression.parse(text)
            Issue.record("`\(text)` was read")
        } catch {
            #expect(error.column == column)
            #expect(error.expected.contains(part), "\(error)")
        }
    }

    @Test func lengthAndDepthAreBounded() throws {
        let parenthesized = { String(repeating: "(", count: $0) + "1" + String(repeating: ")", count: $0) }
        #expect(try Expression.parse(parenthesized(31)) == .literal(.number(1)))
        for text in [
            parenthesized(32), String(repeating: "!", count: 500) + "a", String(repeating: "a", count: 1025),
        ] {
            #expect(throws: ExpressionError.self) { try Expression.parse(text) }
        }
    }

    @Test func whateverIsWrittenIsReadOrRefusedAtAPlaceInIt() {
        var random = SeededRandom(seed: 20_261_120)
        let pieces = [
            "inputs.a", "'", "''", "1", "-", ".", "!", "==", "&&", "||", "(", ")", " ", "success()", "${{",
            "}}",
            "$", "é", "null", "needs.1.result", "=", "0x",
        ]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                pieces.randomElement(using: &random)!
            }.joined()
            for parse in [{ _ = try Expression.parse($0) }, { _ = try Template.parse($0) }]
                as [(String) throws -> Void]
            {
                do {
                    try parse(text)
                } catch let error as ExpressionError {
                    #expect((1...text.count + 1).contains(error.column), "\(text): \(error)")
                } catch {
                    Issue.record(error)
                }
            }
        }
    }

    @Test(arguments: [
        ("plain", "plain"), ("a ${{ inputs.level }} b", "a high b"),
        ("${{inputs.count}}${{ inputs.count }}", "33"),
        ("$HOME ${X} $", "$HOME ${X} $"), ("${{ '}}' }}!", "}}!"),
        ("$${{ inputs.level }}", "${{ inputs.level }}"), ("", ""),
    ])
    func aTemplatePutsValuesIn(text: String, result: String) throws {
        #expect(try Template.parse(text).text(in: context) == result)
    }

    @Test func aMistakeInATemplateIsCountedFromItsBeginning() {
        #expect(throws: ExpressionError(column: 3, expected: "this `${{` has no `}}`")) {
            try Template.parse("a ${{ inputs.level }")
        }
        do {
            _ = try Template.parse("12 ${{ = }}")
            Issue.record("it was read")
        } catch {
            #expect(error.column == 8)
        }
    }

    @Test(arguments: [
        "inputs.level == 'high' && always()", "${{ inputs.level == 'high' && always() }}",
        " ${{ always() }} ",
    ])
    func aConditionIsWrittenWithOrWithoutBraces(text: String) throws {
        #expect(try Condition.parse(text).holds(in: context))
    }

    @Test func withoutAWordAboutStatusAConditionWantsSuccess() throws {
        #expect(try !Condition.parse("inputs.dry-run").holds(in: context))
        #expect(try Condition.parse("inputs.dry-run && failure()").holds(in: context))
        #expect(throws: ExpressionError.self) { try Condition.parse("${{ true }} && ${{ true }}") }
        #expect(throws: ExpressionError.self) { try Condition.parse("") }
    }
}
