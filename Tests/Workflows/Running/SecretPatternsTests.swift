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

    /// The marks between the texts of a document are part of it, and none of its texts is.
    @Test(arguments: [
        (#"{"cred":{"type":"acct","key":"a b/c"},"n":1}"#, #"{"cred":"***","n":1}"#),
        (
            #"{ "cred" : { "type" : "acct", "key" : "a b\u002fc" }, "n": [1, []] }"#,
            #"{"cred":"***","n":[1,[]]}"#
        ),
        (#"[1,[{"type":"acct","key":"a b/c"},true]]"#, #"[1,["***",true]]"#),
        (#"{"type":"acct","key":"a b/c"}"#, #""***""#),
        (#"{"text":"{\"type\":\"acct\",\"key\":\"a b/c\"}"}"#, #"{"text":"***"}"#),
        (#"{"type":"acct","key":"other"}"#, #"{"type":"acct","key":"other"}"#),
        (#"cred={"type":"acct","key":"a b/c"}&x"#, "cred=***&x"),
    ])
    func aSecretThatIsADocumentIsFoundInOne(_ body: String, _ shown: String) throws {
        for secret in [
            #"{"type":"acct","key":"a b/c"}"#, #"{"type": "acct", "key": "a b\/c"}"#,
            "{\n  \"type\": \"acct\",\n  \"key\": \"a b/c\"\n}\n",
        ] {
            var patterns = SecretPatterns()
            #expect(patterns.take(secret) == nil)
            #expect(String(decoding: patterns.masked(body: Array(body.utf8)), as: UTF8.self) == shown)
        }
    }

    @Test(arguments: [
        (#""key":"abc""#, #"{"a":{"key":"abc","b":1},"c":2}"#, #"{"a":"***","c":2}"#),
        (#""key": "abc""#, #"{ "a":{"key": "abc"} }"#, #"{"a":{"key":"abc"}}"#),
        (#""abcd""#, #"["abcd","abcde"]"#, #"["***","abcde"]"#),
        ("true", #"[true,"it is true"]"#, #"["***","it is ***"]"#),
        ("},{\"", #"{"a":[{},{"b":1}],"c":2}"#, #"{"a":"***","c":2}"#),
    ])
    func aSecretAcrossTextsIsFoundToo(_ secret: String, _ body: String, _ shown: String) {
        let patterns = SecretPatterns([secret])
        #expect(String(decoding: patterns.masked(body: Array(body.utf8)), as: UTF8.self) == shown)
    }

    @Test func whatMasksMakeIsNoSecretEither() {
        let patterns = SecretPatterns(["hunter-two", "x***y"])
        let shown = patterns.masked(body: Array(#"{"a":"xhunter-twoy"}"#.utf8))
        #expect(String(decoding: shown, as: UTF8.self) == #""***""#)
    }

    @Test func aStateThatIsASecretIsLeftOut() throws {
        let mask = SecretMask([#"{"type":"acct","key":"secret"}"#])
        let part = try StateDocument.masked(Array(#"{"a":{"type":"acct","key":"secret"}}"#.utf8), by: mask)
        #expect(String(decoding: part, as: UTF8.self) == #"{"a":"***"}"#)
        #expect(throws: LeavingMistake.self) {
            try StateDocument.masked(Array(#"{"type":"acct","key":"secret"}"#.utf8), by: mask)
        }
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
