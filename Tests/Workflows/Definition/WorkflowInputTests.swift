import Testing
import Workflows

@Suite struct WorkflowInputTests {
    private let workflow = readWorkflow(
        """
        inputs:
          name: {required: true}
          count: {type: number, default: 3}
          fast: {type: boolean}
          level: {type: choice, options: ["1", high], default: high}
        phases: {a: {run: x}}
        """
    ).workflow

    @Test func defaultsFillInWhatIsNotGiven() throws {
        let workflow = try #require(workflow)
        #expect(
            try workflow.settle(["name": .text("x")]) == [
                "name": .text("x"), "count": .number(3), "level": .text("high"),
            ])
    }

    @Test func whatComesAsTextIsTakenAsWhatItIs() throws {
        let workflow = try #require(workflow)
        let given: [String: InputValue] = [
            "name": .text("3"), "count": .text("4.5"), "fast": .text("true"), "level": .number(1),
        ]
        #expect(
            try workflow.settle(given) == [
                "name": .text("3"), "count": .number(4.5), "fast": .flag(true), "level": .text("1"),
            ])
    }

    @Test func everyMistakeIsNamedAndNoValueRepeated() throws {
        let workflow = try #require(workflow)
        let given: [String: InputValue] = [
            "cuont": .number(1), "count": .text("secret"), "fast": .number(1), "level": .text("hihg"),
        ]
        do {
            _ = try workflow.settle(given)
            Issue.record("it was settled")
        } catch {
            #expect(
                error.mistakes.map { "\($0.name) \($0.what)" } == [
                    "cuont is no input of `w`; did you mean `count`?",
                    "name is missing: give a text",
                    "count must be a number",
                    "fast must be `true` or `false`",
                    "level must be one of `1`, `high`; did you mean `high`?",
                ])
        }
    }

    @Test(arguments: [
        InputValue.text("a\0b"), .text(String(repeating: "a", count: 65_537)), .number(1), .flag(true),
    ])
    func aTextIsATextThatFitsAVariable(value: InputValue) throws {
        let workflow = try #require(workflow)
        #expect(throws: InputError.self) { try workflow.settle(["name": value]) }
        let longest = InputValue.text(String(repeating: "a", count: 65_536))
        #expect(try workflow.settle(["name": longest])["name"] == longest)
    }

    @Test func aNumberIsFinite() throws {
        let workflow = try #require(workflow)
        for value in [InputValue.text("nan"), .text("inf"), .number(.infinity), .text("")] {
            #expect(throws: InputError.self) { try workflow.settle(["name": .text("x"), "count": value]) }
        }
    }
}
