import Loop
import Terminals
import Testing

@testable import Server

@Suite struct TerminalControlTests {
    private func read(_ text: String) throws -> TerminalControl {
        var text = text
        return try text.withUTF8 { unsafe try TerminalControl.read(UnsafeRawBufferPointer($0)) }
    }

    @Test func whatIsSaidIsUnderstood() throws {
        #expect(
            try read(#"{"type":"resize","cols":80,"rows":24}"#) == .resize(TerminalSize(cols: 80, rows: 24)))
        #expect(
            try read(#" { "rows" : 1000, "type" : "resize", "cols" : 1 } "#)
                == .resize(TerminalSize(cols: 1, rows: 1000)))
        #expect(try read(#"{"type":"signal","signal":"INT"}"#) == .signal("INT"))
        #expect(try read(#"{"type":"extend"}"#) == .extend)
        #expect(try read(#"{"type":"ping"}"#) == .ping)
    }

    @Test(arguments: [
        "", "x", "[]", "{", "{}", #"{"type":1}"#, #"{"type":"fly"}"#, #"{"type":"resize"}"#,
        #"{"type":"resize","cols":-1,"rows":2}"#, #"{"type":"resize","cols":1001,"rows":2}"#,
        #"{"type":"resize","cols":18446744073709551615,"rows":2}"#,
        #"{"type":"resize","cols":"80","rows":"24"}"#,
        #"{"type":"signal"}"#, #"{"type":"ping","x":"\#(String(repeating: "y", count: 5000))"}"#,
    ])
    func whatIsNotIsAnsweredWithASentence(_ text: String) throws {
        #expect { try read(text) } throws: {
            ($0 as? TerminalControl.Complaint)?.sentence.hasSuffix(".") ?? false
        }
    }

    @Test func oneMaySayManyThingsAtOnceAndThenSoManyASecond() {
        var pace = TalkPace(most: 100)
        let start = Instant(nanoseconds: 5_000_000_000)
        for _ in 0..<100 where !pace.mayContinue(at: start) { Issue.record("too many at once") }
        let isOneTooMany = !pace.mayContinue(at: start)
        #expect(isOneTooMany)
        var steady = TalkPace(most: 100)
        for index in 0..<10_000 where !steady.mayContinue(at: start + .milliseconds(10 * index)) {
            Issue.record("too many in a while")
        }
        for _ in 0..<99 where !steady.mayContinue(at: start + .seconds(1000)) {
            Issue.record("too many after a rest")
        }
    }
}
