import Loop
import Sessions
import Terminals
import TestKit
import Testing

/// What the program says and what people type, when either is more than the other takes.
@Suite(.serialized) struct TerminalFlowTests {
    @Test func aProgramWaitsForWhoTypesAndForNobodyElse() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/bin/sh", ["-c", "exec seq 1 1000000"])
            let terminal = try ground.terminals.terminal(info.record.id)
            let slow = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
            let said = try await terminal.run { terminal, loop in
                Result {
                    _ = try terminal.join(slow, after: 0, size: nil, takingOver: false, on: loop)
                    return terminal.info(on: loop).offset
                }
            }.get()
            let high = ground.terminals.setting.highWater
            var seen: UInt64 = 0
            try await eventually("the program waits") {
                let now = await terminal.run { $0.info(on: $1) }.offset
                defer { seen = now }
                return now > high && now == seen
            }
            // It looks before each piece that it takes.
            #expect(seen <= max(said, high) + (16 << 10))
            #expect(await terminal.run { $0.info(on: $1) }.state == .running)
            slow.took(to: .max / 2)
            let heard = try await ground.listener(info.record.id).rest()
            #expect(heard.text.hasSuffix("1000000\r\n"))
        }
    }

    @Test func aProgramThatDoesNotReadKeepsNobodyWaiting() async throws {
        try await TerminalGround.run { ground in
            let deaf = try await ground.begin("/bin/sleep", ["1000"])
            let other = try await ground.begin(
                "/bin/sh", ["-c", "stty -echo; echo ready; read line; echo got $line"])
            let terminal = try ground.terminals.terminal(deaf.record.id)
            let seat = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
            _ = try await ground.join(seat, terminal)
            var hasRoom = true
            for _ in 0..<40 where hasRoom {
                let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
                hasRoom = await terminal.run { try? $0.type(piece, from: seat, on: $1) } ?? false
            }
            #expect(!hasRoom)
            let reader = try await ground.listener(other.record.id)
            try await reader.hears("ready")
            let typist = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
            let second = try ground.terminals.terminal(other.record.id)
            _ = try await ground.join(typist, second)
            _ = await second.run { try? $0.type(Array("hello\n".utf8), from: typist, on: $1) }
            #expect(try await reader.rest().text.hasSuffix("got hello\r\n"))
        }
    }

    @Test func aPasteOfAMegabyteArrivesWhole() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin(
                "/bin/sh", ["-c", "stty raw -echo; echo ready; head -c 1048576 | sha256sum"])
            let reader = try await ground.listener(info.record.id)
            try await reader.hears("ready")
            let terminal = try ground.terminals.terminal(info.record.id)
            let seat = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
            _ = try await ground.join(seat, terminal)
            let paste = [UInt8](repeating: UInt8(ascii: "p"), count: 1 << 20)
            _ = await terminal.run { try? $0.type(paste, from: seat, on: $1) }
            #expect(try await reader.rest().text.contains(Self.digestOfPaste))
        }
    }

    private static let digestOfPaste = "bdcb28a9deb6343e0134eb10449314c675ec8a384e8c556af3c551266966969b"

    @Test func theSizeIsThatOfTheSmallestScreenOfThoseWhoType() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin(
                "/bin/sh", ["-c", "trap 'stty size' WINCH; echo ready; while :; do sleep 0.01; done"])
            let terminal = try ground.terminals.terminal(info.record.id)
            let reader = try await ground.listener(info.record.id)
            try await reader.hears("ready")
            let (large, small) = (TerminalSeat.writer, TerminalSeat.writer)
            try await ground.join(large, terminal, size: TerminalSize(cols: 120, rows: 50))
            try await reader.hears("50 120")
            try await ground.join(small, terminal, size: TerminalSize(cols: 100, rows: 60))
            try await reader.hears("50 100")
            await terminal.run { $0.leave(small, on: $1) }
            try await ground.join(.viewer, terminal, size: TerminalSize(cols: 10, rows: 10))
            let heard = try await reader.hears("50 120\r\n50 100\r\n50 120")
            #expect(heard.remarks.filter { $0.contains(#""type":"resize""#) }.count == 3)
        }
    }

    @Test(arguments: 0..<8) func whoComesBackGoesOnAtTheVeryByte(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        try await TerminalGround.run(nil, { $0.windowBytes = 8 << 20 }) { ground in
            let info = try await ground.begin("/bin/sh", ["-c", "exec seq 1 100000"])
            let whole = try await ground.listener(info.record.id)
            var bytes: [UInt8] = []
            for _ in 0..<40 {
                let offset = UInt64(bytes.count)
                let reader = try await ground.listener(
                    info.record.id, after: offset, on: Int.random(in: 0...1, using: &random))
                let heard = try await reader.hears(atLeast: Int.random(in: 0...30000, using: &random))
                // What a socket had of it when it was cut.
                bytes += heard.bytes.prefix(Int.random(in: 0...max(1, heard.bytes.count), using: &random))
                if heard.ending != nil { break }
            }
            bytes += try await ground.listener(info.record.id, after: UInt64(bytes.count)).rest().bytes
            #expect(try await whole.rest().bytes == bytes)
        }
    }

    @Test func whoFellBehindIsToldExactlyWhatIsGone() async throws {
        try await TerminalGround.run(nil, { $0.windowBytes = 64 << 10 }) { ground in
            let info = try await ground.begin("/bin/sh", ["-c", "seq 1 50000"])
            let heard = try await ground.listen(to: info.record.id)
            let all = (1...50000).map { "\($0)\r\n" }.joined()
            let terminal = try ground.terminals.terminal(info.record.id)
            let arrival = try await ground.join(.viewer, terminal, after: 10)
            #expect(arrival.place.loss == .gap(to: arrival.offset) && arrival.offset == arrival.keptFrom)
            #expect(all.utf8.dropFirst(Int(arrival.offset)).count < 64 << 10)
            let rest = try await ground.listener(info.record.id, after: arrival.offset).rest()
            #expect(rest.text == String(decoding: Array(all.utf8)[Int(arrival.offset)...], as: UTF8.self))
            #expect(heard.ending == Ending(.completed, "Terminal exited"))
        }
    }

    @Test func aServerThatComesBackFindsItsTerminals() async throws {
        let folder = try TemporaryFolder()
        let script =
            "stty -echo; for i in $(seq 1 200); do echo line $i; sleep 0.005; done; read answer; echo got $answer"
        var id: TerminalID?
        for life in 0..<3 {
            try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) { ground in
                if life == 0 { id = try await ground.begin("/bin/sh", ["-c", script]).record.id }
                let reader = try await ground.listener(id!, after: 0)
                try await reader.hears("line \(50 * (life + 1))\r\n")
                guard life == 2 else { return }
                let terminal = try ground.terminals.terminal(id!)
                let seat = TerminalSeat.writer
                try await ground.join(seat, terminal, size: nil)
                _ = await terminal.run { try? $0.type(Array("yes\n".utf8), from: seat, on: $1) }
                let all = (1...200).map { "line \($0)\r\n" }.joined()
                let text = try await reader.rest().text
                #expect(text == all + "got yes\r\n")
            }
        }
    }
}
