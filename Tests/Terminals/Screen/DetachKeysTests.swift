import Terminals
import TestKit
import Testing

@Suite struct DetachKeysTests {
    /// Typed one key at a time, or all at once.
    private static func typed(_ text: String, _ keys: DetachKeys, each: Bool) -> (String, Bool) {
        var keys = keys
        var passed: [UInt8] = []
        for piece in each ? text.utf8.map({ [$0] }) : [Array(text.utf8)] {
            let taken = keys.take(piece)
            passed += taken.passed
            if taken.leaves { return (String(decoding: passed, as: UTF8.self), true) }
        }
        passed += keys.finish()
        return (String(decoding: passed, as: UTF8.self), false)
    }

    @Test(arguments: [
        ("ls\r", "ls\r", false), ("a\u{10}\u{11}", "a", true), ("\u{10}x\u{11}", "\u{10}x\u{11}", false),
        ("\u{10}\u{10}\u{11}", "\u{10}", true), ("\u{10}", "\u{10}", false),
        ("\u{11}\u{10}", "\u{11}\u{10}", false),
        ("x\u{10}\u{11}y", "x", true),
    ])
    func theKeysLeaveAndAllOthersAreHandedOn(text: String, passed: String, leaves: Bool) {
        for each in [false, true] {
            let end = Self.typed(text, .standard, each: each)
            #expect(end.0 == passed)
            #expect(end.1 == leaves)
        }
    }

    @Test func aLoneBeginningComesWithTheNextKey() {
        var keys = DetachKeys.standard
        #expect(keys.take([0x10]).passed == [])
        #expect(keys.take([0x41]).passed == [0x10, 0x41])
    }

    @Test func keysThatRepeatThemselvesAreFoundWhereverTheyBegin() throws {
        let keys = try #require(DetachKeys("a,b,a,c"))
        let end = Self.typed("ababac", keys, each: true)
        #expect(end.0 == "ab")
        #expect(end.1)
    }

    @Test func keysAreWrittenAsDockerHasThem() throws {
        for text in ["ctrl-p,ctrl-q", "ctrl-],q", "~,.", "ctrl-@", "ctrl-_"] {
            #expect(DetachKeys(text)?.text == text)
        }
        for text in ["ctrl-", "ctrl-1", "ab", "a,,b", "ctrl-p,", "ä", " "] {
            #expect(DetachKeys(text) == nil)
        }
        #expect(Self.typed("\u{10}\u{11}", try #require(DetachKeys("")), each: false).1 == false)
    }
}
