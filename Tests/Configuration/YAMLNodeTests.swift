import Configuration
import Testing

@Suite struct YAMLNodeTests {
    private func read(_ text: String, within limits: YAMLLimits = YAMLLimits()) -> (YAMLNode?, [String]) {
        let mistakes = Mistakes()
        let node = YAMLNode.read(Array(text.utf8), file: "f", within: limits, noting: mistakes)
        return (node, mistakes.inOrder.map(\.description))
    }

    @Test func everyPieceKnowsWhereItWasWritten() throws {
        let (root, mistakes) = read("a: 1\nlist:\n  - x\n  - é: 'y'\n")
        #expect(mistakes == [])
        guard case .mapping(let entries) = try #require(root).content else { Issue.record(); return }
        #expect(entries.map(\.key) == ["a", "list"])
        #expect(entries.map(\.keyMark) == [YAMLMark(line: 1, column: 1), YAMLMark(line: 2, column: 1)])
        #expect(entries[0].value.mark == YAMLMark(line: 1, column: 4))
        guard case .sequence(let items) = entries[1].value.content,
            case .mapping(let inner) = items[1].content
        else { Issue.record(); return }
        #expect(items[0].mark == YAMLMark(line: 3, column: 5))
        #expect(inner[0].value.mark == YAMLMark(line: 4, column: 8))
        #expect(inner[0].value.content == .scalar(YAMLScalar(text: "y", style: .singleQuoted)))
    }

    @Test(arguments: ["", "# only a comment\n", "---\n", "~"])
    func anEmptyTextIsNothing(_ text: String) {
        let (root, mistakes) = read(text)
        #expect(mistakes == [])
        #expect(root.map { $0.isNull || $0.content == .mapping([]) } == true)
    }

    @Test func onlyAPlainScalarIsNull() {
        #expect(YAMLScalar(text: "null", style: .plain).isNull)
        #expect(!YAMLScalar(text: "null", style: .doubleQuoted).isNull)
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "f:3:1: a: is given twice: the first is on line 1; keep one of them"),
        ("a:\n\tb: 1\n", "f:2:1: YAML is indented with spaces, and this is a tab"),
        ("a: [1, 2\n", "f:2:1: is not YAML: did not find expected ',' or ']' while parsing a flow sequence"),
        (
            "a: 1\n---\nb: 2\n",
            "f:2:1: a second document begins here; a file holds one: remove the `---` or split the file"
        ),
        (
            "a: !!binary x\n",
            "f:1:4: the tag `tag:yaml.org,2002:binary` has no meaning here: write the value without it"
        ),
        ("<<: {a: 1}\n", "f:1:1: merging with `<<` is not supported: write the keys out"),
        ("[a]: 1\n", "f:1:1: a key must be a word, and this is a list"),
        ("a: *base\n", "f:1:4: nothing above is marked `&base`"),
        ("basis: &base 1\na: *bse\n", "f:2:4: nothing above is marked `&bse`; did you mean `base`?"),
        ("a: &a\n  b: *a\n", "f:2:6: `*a` refers to what it is part of"),
    ])
    func whatIsWrongIsNamedWithItsPlace(_ text: String, _ line: String) {
        #expect(read(text).1 == [line])
    }

    @Test func mistakesThatCanBePassedOverComeOutTogether() {
        #expect(read("a: !x 1\na: 2\nb: !y 3\nb: 4\n").1.count == 4)
    }

    @Test func textThatIsNotUTF8IsRefusedAtItsByte() {
        let mistakes = Mistakes()
        let root = YAMLNode.read(Array("a: 1\nb: x".utf8) + [0xFF, 0x0A], file: "f", noting: mistakes)
        #expect(root == nil)
        #expect(mistakes.inOrder.map(\.description).first?.hasPrefix("f:2:5: is not a UTF-8 text") == true)
    }

    @Test func anAliasStandsForItsAnchor() throws {
        let (root, mistakes) = read("a: &x [1, 2]\nb: *x\n")
        #expect(mistakes == [])
        guard case .mapping(let entries) = try #require(root).content else { Issue.record(); return }
        #expect(entries[0].value.content == entries[1].value.content)
        #expect(entries[1].value.mark == YAMLMark(line: 2, column: 4))
    }

    @Test func aBillionLaughsAreRefused() {
        var text = "l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...9 {
            let item = "*l\(level - 1)"
            text += "l\(level): &l\(level) [\(Array(repeating: item, count: 10).joined(separator: ", "))]\n"
        }
        let (root, mistakes) = read(text)
        #expect(root == nil)
        #expect(mistakes.count == 1)
        #expect(mistakes.first?.contains("too large: more than 50000 values") == true)
    }

    @Test func depthIsBoundedThroughAliasesToo() {
        #expect(read(String(repeating: "[", count: 32) + String(repeating: "]", count: 32)).1 == [])
        let deep = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        #expect(read(deep).1 == ["f:1:33: is nested too deeply: more than 32 levels"])
        let half = String(repeating: "[", count: 20)
        let end = String(repeating: "]", count: 20)
        let (root, mistakes) = read("a: &a \(half)\(end)\nb: \(half)*a\(end)\n")
        #expect(root == nil)
        #expect(mistakes == ["f:2:24: is nested too deeply: more than 32 levels"])
    }

    @Test func sizeIsBounded() {
        var limits = YAMLLimits()
        limits.bytes = 1024
        #expect(read(String(repeating: "a", count: 1024), within: limits).1 == [])
        #expect(
            read(String(repeating: "a", count: 1025), within: limits).1
                == ["f:1:1: the file is too large: 1KiB are allowed, and it has 1025 bytes"])
    }

    /// libyaml would take minutes for this file.
    @Test(arguments: ["\n", "\r", "\u{85}", "\u{2028}"])
    func aFloodOfDirectivesIsRefusedBeforeItIsParsed(_ lineBreak: String) {
        let flood = (0..<40_000).map { "%TAG !t\($0)! x\(lineBreak)" }.joined()
        for text in [flood + "--- a\n", "a: 1\n...\n" + flood + "--- a\n"] {
            let (root, mistakes) = read(text)
            #expect(root == nil)
            #expect(mistakes.count == 1)
            #expect(mistakes.first?.hasSuffix("more than 64 lines begin with `%`") == true)
        }
    }

    @Test func whatTheFileSaysCannotDrawOnTheTerminal() {
        let mistakes = read("\"a\\e[2J\\nb\": 1\n\"a\\e[2J\\nb\": 2\n").1
        #expect(mistakes == ["f:2:1: a?[2J?b: is given twice: the first is on line 1; keep one of them"])
    }

    @Test func aFloodOfMistakesIsCountedNotListed() {
        let mistakes = read((0..<5000).map { "k\($0): !x 1\n" }.joined()).1
        #expect(mistakes.count == 101)
        #expect(mistakes.last?.hasSuffix("and 4900 more mistakes") == true)
    }
}
