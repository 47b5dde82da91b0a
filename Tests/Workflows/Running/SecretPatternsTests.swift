import Testing

@testable import Workflows

@Suite struct SecretPatternsTests {
    private let patterns = SecretPatterns(["hunter-two", "12345678"])

    @Test(arguments: [
        (#"{ "a": "hunter-two", "b": [12345678, true] }"#, #"{"a":"***","b":["***",true]}"#),
        (#"{"a": "hunt\u0065r-two"}"#, #"{"a":"***"}"#), (#"{"hunter-two": 1}"#, #"{"***":1}"#),
        (#"{ "a": "other\n" }"#, #"{ "a": "other\n" }"#), ("payload=hunter-two&x", "payload=***&x"),
        (#"{"a": "hunter-two""#, #"{"a": "***""#), ("", ""),
    ])
    func aBodyIsMaskedAndStaysWhatItIs(_ body: String, _ shown: String) {
        #expect(String(decoding: patterns.masked(body: Array(body.utf8)), as: UTF8.self) == shown)
    }

    @Test func inputsAreMaskedAndANumberBecomesAText() {
        let shown = patterns.masked([
            "a": .text("my hunter-two!"), "b": .number(12_345_678), "c": .number(1), "d": .flag(true),
            "hunter-two": .text("x"),
        ])
        #expect(
            shown == [
                "a": .text("my ***!"), "b": .text("***"), "c": .number(1), "d": .flag(true),
                "***": .text("x"),
            ])
    }

    @Test func whatCannotBeMaskedIsNoSecret() {
        var patterns = SecretPatterns()
        #expect(patterns.take("abc")?.hasPrefix("has no line of at least 4 bytes") == true)
        #expect(patterns.take("abc\nxyz\n")?.hasPrefix("has no line of at least 4 bytes") == true)
        #expect(
            patterns.take(String(repeating: "x", count: (32 << 10) + 1))?.hasPrefix("is longer than 32 KiB")
                == true)
        #expect(patterns.isEmpty)
        #expect(patterns.take("abcd") == nil)
        #expect(patterns.take(String(repeating: "x", count: 32 << 10)) == nil)
        #expect(patterns.masked("abcd " + String(repeating: "x", count: 32 << 10)) == "*** ***")
        let lines = (0..<3000).map { "line \($0)" }.joined(separator: "\n")
        #expect(patterns.take(lines)?.contains("more lines than can be masked") == true)
        #expect(patterns.masked("line 7") == "line 7")
    }

    @Test func aProgramThatNamesSecretsWithoutEndIsNotListenedToForEver() {
        var patterns = SecretPatterns()
        let isTaken = patterns.add((0..<20_000).map { "line \($0)" }.joined(separator: "\n"))
        #expect(!isTaken && patterns.count <= 8193)
    }
}
