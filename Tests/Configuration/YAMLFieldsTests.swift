import Configuration
import Testing

/// What a later feature does with the reader: a definition with steps, read to the end whatever is wrong.
private struct Recipe {
    struct Step {
        let name: String
        let timeout: Duration

        init(_ fields: YAMLFields) {
            name = fields.required("name", .string)
            timeout = fields.value("timeout", .duration(.seconds(1) ... .hours(1)), default: .seconds(60))
        }
    }

    let title: String
    let tags: [String]
    let steps: [Step]
    let inputs: [String]

    init(_ fields: YAMLFields) {
        title = fields.required("title", .string)
        tags = fields.value("tags", .list(of: .string), default: [])
        steps = fields.list("steps") { Step($0) }
        inputs = fields.named("inputs") { entry, fields in
            _ = fields.value("default", .string)
            return entry.key
        }
        if steps.isEmpty { fields.reject("steps", "needs at least one step") }
    }
}

@Suite struct YAMLFieldsTests {
    private func read(_ text: String) -> (Recipe?, [String]) {
        let mistakes = Mistakes()
        let recipe = YAMLNode.read(Array(text.utf8), file: "r.yaml", noting: mistakes).flatMap {
            YAMLFields.read($0, of: "r.yaml", noting: mistakes) { Recipe($0) }
        }
        return (recipe, mistakes.inOrder.map(\.description))
    }

    @Test func aRightTextIsRead() throws {
        let (recipe, mistakes) = read(
            """
            title: Soup
            tags: [hot, "null"]
            steps:
              - name: boil
                timeout: 5m
              - {name: eat}
            inputs:
              spoon: {default: big}
              bowl:
            """)
        #expect(mistakes == [])
        let soup = try #require(recipe)
        #expect(soup.title == "Soup")
        #expect(soup.tags == ["hot", "null"])
        #expect(soup.steps.map(\.name) == ["boil", "eat"])
        #expect(soup.steps.map(\.timeout) == [.seconds(300), .seconds(60)])
        #expect(soup.inputs == ["spoon", "bowl"])
    }

    @Test func allMistakesComeOutAtOnceInTheOrderOfTheFile() {
        let (_, mistakes) = read(
            """
            tags: {a: 1}
            titel: Soup
            steps:
              - nmae: boil
                timeout: 5
              - eat
            inputs: [spoon]
            """)
        #expect(
            mistakes == [
                "r.yaml:1:1: title: is missing: give a text",
                "r.yaml:1:7: tags: must be a list, each a text, and this is a mapping",
                "r.yaml:2:1: titel: is not a known key; did you mean `title`?",
                "r.yaml:4:5: steps[0].name: is missing: give a text",
                "r.yaml:4:5: steps[0].nmae: is not a known key; did you mean `steps[0].name`?",
                "r.yaml:5:14: steps[0].timeout: `5` has no unit: add `ms`, `s`, `m`, `h` or `d`",
                "r.yaml:6:5: steps[1]: must be a mapping of keys, and this is a single value",
                "r.yaml:7:9: inputs: must be a mapping of names, and this is a list",
            ])
    }

    @Test func whatOnlyTheReaderSeesIsNotedAtItsKey() {
        #expect(read("title: a\nsteps: []\n").1 == ["r.yaml:2:8: steps: needs at least one step"])
    }
}
