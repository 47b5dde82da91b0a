import Testing
import Workflows

@Suite struct PayloadTests {
    private static let body = Array(
        #"{"ref":"refs/heads/main","n":3,"ok":true,"none":null,"list":[{"id":"a"},{"id":"b"}],"a b":{"c":1.5}}"#
            .utf8)

    @Test(arguments: [
        ("ref", InputValue.text("refs/heads/main")), ("n", .number(3)), ("ok", .flag(true)), ("none", nil),
        ("list.1.id", .text("b")), ("list.2.id", nil), ("list.id", nil), ("list", nil), ("ref.x", nil),
        ("a b.c", .number(1.5)),
    ])
    func aPathLeadsToItsValue(path: String, value: InputValue?) throws {
        #expect(try Payload(Self.body)[#require(PayloadPath(path))]?.value == value)
    }

    @Test(arguments: [
        "", "{", "{} {}", #"{"a":1e999}"#, "\u{FEFF}{}", String(repeating: "[", count: 100_000),
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: Payload.Mistake.self) { try Payload(Array(text.utf8)) }
    }

    @Test(arguments: [
        ("refs/heads/*", "refs/heads/main", true), ("refs/heads/*", "refs/tags/main", false), ("*", "", true),
        ("", "", true), ("", "a", false), ("a?c", "abc", true), ("a?c", "ac", false),
        ("a*b*c", "a-b-b-c", true),
        ("a*b", "ab-", false), ("*.txt", "a.txt.txt", true), ("[ab]", "a", false),
    ])
    func aPatternMatchesAWholeText(pattern: String, text: String, matches: Bool) {
        #expect(TextPattern(pattern).matches(text) == matches)
    }

    @Test func aHostilePatternTakesNoLongTime() {
        let pattern = String(repeating: "a*", count: 200) + "b"
        #expect(!TextPattern(pattern).matches(String(repeating: "a", count: 2000)))
    }

    @Test func aTemplateIsFilledFromThePayload() throws {
        let content = WebhookContent(source: "hub", event: "push", id: "d1", payload: try Payload(Self.body))
        let text = try PayloadTemplate(
            "{{event}} of {{ payload.ref }} by {{ payload.no.body }}{{source}}{{delivery}}")
        #expect(text.text(for: content) == "push of refs/heads/main by hubd1")
        #expect(try PayloadTemplate("{{ payload.n }}").value(for: content) == .number(3))
        #expect(try PayloadTemplate("{{ payload.no }}").value(for: content) == nil)
        #expect(try PayloadTemplate("n{{ payload.n }}").value(for: content) == .text("n3"))
        #expect(try PayloadTemplate("").value(for: content) == .text(""))
    }

    @Test(arguments: [
        "{{ payload }}", "{{ payload.}}", "{{ payload.a..b }}", "{{ x", "{{ inputs.a }}", "{{}}",
    ])
    func aTemplateThatCannotBeFilledIsRefused(text: String) {
        #expect(throws: PayloadTemplate.Mistake.self) { try PayloadTemplate(text) }
    }

    /// The example of GitHub's documentation.
    @Test func theSignatureIsGitHubs() {
        let (secret, body) = ("It's a Secret to Everybody", Array("Hello, World!".utf8))
        let right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        #expect(BodySignature.make(of: body, secret: secret) == right)
        #expect(BodySignature.isRight(right, of: body, secret: secret))
        for wrong in ["", "sha256=", right.uppercased(), right + "0", String(right.dropLast()) + "8"] {
            #expect(!BodySignature.isRight(wrong, of: body, secret: secret))
        }
        #expect(!BodySignature.isRight(right, of: body + [0], secret: secret))
        #expect(!BodySignature.isRight(right, of: body, secret: secret + "!"))
        #expect(BodySignature.isRight(token: secret, secret: secret))
        #expect(!BodySignature.isRight(token: "", secret: secret))
    }
}
