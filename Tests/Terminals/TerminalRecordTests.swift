import FoundationEssentials
import JSONCoding
import Loop
import TestKit
import Testing

@testable import Terminals

/// Holders outlive servers, so what servers and holders said to each other once must be understood for ever.
@Suite struct TerminalRecordTests {
    private static let note = """
        {"arguments":["-l"],"command":"/bin/bash","created_at":"2026-11-20T15:27:49.910Z","directory":"/home/ann",\
        "has_own_title":true,"id":"bwx4jvrktw","is_personal":true,"is_recorded":true,"keeps":true,"owner":"ann",\
        "records_input":true,\
        "size":{"cols":100,"rows":30},"sizing":"latest","takeover":"replace","template":"shell","title":"work"}
        """

    @Test func whatAServerNotesTodayIsUnderstood() throws {
        let record = try read(TerminalRecord.self, Self.note)
        #expect(record.id.text == "bwx4jvrktw" && record.owner == "ann" && record.template == "shell")
        #expect(record.title == "work" && record.command == "/bin/bash" && record.arguments == ["-l"])
        #expect(record.directory == "/home/ann" && record.size == TerminalSize(cols: 100, rows: 30))
        #expect(record.createdAt == Timestamp(milliseconds: 1_795_188_469_910))
        #expect(record.takeover == .replace && record.sizing == .latest)
        #expect(record.keeps && record.isRecorded && record.recordsInput && record.hasOwnTitle)
        #expect(try text(record) == Self.note)
    }

    /// As a later version will know members that this one does not note.
    @Test func whatWasNotNotedIsAsItIsWithoutAnyWish() throws {
        let least = #"{"command":"/bin/sh","created_at":"2026-01-31T12:00:00Z","id":"bwx4jvrktw"}"#
        let record = try read(TerminalRecord.self, least)
        #expect(record.title == "/bin/sh" && record.arguments.isEmpty && record.size == .usual)
        #expect(record.owner == nil && record.template == nil && record.directory == nil)
        #expect(record.takeover == .share && record.sizing == .smallest)
        #expect(!record.keeps && !record.isRecorded && !record.recordsInput && !record.hasOwnTitle)
        #expect(throws: (any Error).self) { try read(TerminalRecord.self, #"{"command":"/bin/sh"}"#) }
    }

    @Test func whatAHolderOfTodaySaysIsUnderstood() throws {
        let holding = #"{"holding":{"life":"a1","note":"{}","pid":7}}"#
        guard case .holding(let pid, let life, let note) = try read(HolderReply.self, holding)
        else {
            Issue.record("it says that it holds something")
            return
        }
        #expect(pid == 7 && life == "a1" && note == "{}")
        let over = #"{"over":{"_0":{"code":3,"killed":1,"remaining":0,"took_milliseconds":20}}}"#
        guard case .over(let exit) = try read(HolderReply.self, over) else {
            Issue.record("it says that its program is over")
            return
        }
        #expect(exit.code == 3 && exit.signal == nil && exit.killed == 1 && exit.tookMilliseconds == 20)
    }

    @Test func aHolderOfTodayUnderstandsWhatIsSaid() throws {
        var setting = TerminalSetting(folder: "")
        (setting.afterHangup, setting.afterTerminate) = (.milliseconds(1), .milliseconds(2))
        #expect(
            try text(HolderRequest.hello(grace: EndingGrace(setting)))
                == #"{"hello":{"grace":{"after_hangup":1,"after_terminate":2}}}"#)
        #expect(try text(HolderRequest.end) == #"{"end":{}}"#)
        #expect(try text(HolderRequest.note("n")) == #"{"note":{"_0":"n"}}"#)
        #expect(try text(HolderRequest.release) == #"{"release":{}}"#)
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONFormat.decoder.decode(type, from: Data(text.utf8))
    }

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONFormat.encoder.encode(value), as: UTF8.self)
    }
}
