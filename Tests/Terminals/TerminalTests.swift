import Loop
import Sessions
import Terminals
import TestKit
import Testing

@Suite(.serialized) struct TerminalTests {
    @Test func allThatAProgramSaidIsThereBeforeItsEnd() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/bin/sh", ["-c", "seq 1 20000; exit 3"])
            let heard = try await ground.listen(to: info.record.id)
            #expect(heard.text == (1...20000).map { "\($0)\r\n" }.joined())
            #expect(heard.ending == Ending(.completed, "Terminal exited"))
            let last = try await ground.terminals.info(info.record.id)
            #expect(
                last.state == .ended && last.exit?.code == 3 && last.offset == UInt64(heard.text.utf8.count))
            #expect(heard.remarks.last?.contains(#""code":3"#) == true)
        }
    }

    @Test func ofManyTitlesTheNewestIsToldEverySoOften() async throws {
        try await TerminalGround.run(clock: ManualClock()) { ground in
            let script = #"for i in $(seq 1 500); do printf '\033]0;t%d\007' $i; done; exit"#
            let info = try await ground.begin("/bin/sh", ["-c", script])
            let remarks = try await ground.listen(to: info.record.id).remarks
            let titles = remarks.filter { $0.contains(#""title""#) }
            #expect(titles.count <= 2 && titles.last?.contains(#""t500""#) == true, "\(titles)")
            #expect(try await ground.terminals.info(info.record.id).record.title == "t500")
        }
    }

    @Test func whatIsTypedReachesTheProgram() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin(
                "/bin/sh", ["-c", "stty -echo; echo ready; read line; echo got $line"])
            let seat = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
            let terminal = try ground.terminals.terminal(info.record.id)
            _ = try await ground.join(seat, terminal)
            let reader = try await ground.listener(info.record.id)
            try await reader.hears("ready")
            _ = await terminal.run { try? $0.type(Array("hello\n".utf8), from: seat, on: $1) }
            #expect(try await reader.rest().text.hasSuffix("got hello\r\n"))
        }
    }
}
