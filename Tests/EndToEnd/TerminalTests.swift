import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

/// A terminal of a real server, with real programs on it.
@Suite struct TerminalTests {
    @Test func aShellIsTypedIntoResizedAndSaysHowItEnded() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make(
                wish: #"{"command":"/bin/sh","args":["-i"],"cols":100,"rows":30,"env":{"PS1":"> "}}"#,
                on: loop)
            let visitor = try await ground.come(to: id, "?cols=90&rows=20", on: loop)
            try await visitor.hear(remark: #""type":"attached""#, on: loop)
            #expect(visitor.remarks[0].contains(#""can_write":true"#))
            try await visitor.hear("> ", on: loop)
            visitor.type("stty size; echo $TERM.$COLORTERM.$LANG\r", on: loop)
            try await visitor.hear("20 90\r\n", on: loop)
            try await visitor.hear("xterm-256color.truecolor.C.UTF-8\r\n", on: loop)
            visitor.say(#"{"type":"resize","cols":120,"rows":40}"#, on: loop)
            try await visitor.hear(remark: #"{"cols":120,"rows":40}"#, on: loop)
            visitor.type("stty size; exit 7\r", on: loop)
            let closure = try await visitor.hearTheEnd(on: loop)
            #expect(visitor.text.contains("40 120\r\n"))
            #expect(closure.code == .normal && closure.reason == "Terminal exited")
            #expect(visitor.remarks.contains { $0.contains(#""type":"exit""#) && $0.contains(#""code":7"#) })
            #expect(visitor.remarks.last?.contains(#""type":"end""#) == true)

            let late = try await ground.come(to: id, on: loop)
            let end = try await late.hearTheEnd(on: loop)
            #expect(end.code == .normal && end.reason == "Terminal exited")
            #expect(late.bytes == visitor.bytes)
            #expect(late.remarks.contains { $0.contains(#""code":7"#) })
        }
    }

    /// Whatever byte the connection broke at, what comes next is the byte behind it, or a gap says what does not.
    @Test func whoComesBackMissesNothing() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make(
                "stty -onlcr; printf ready; read go; seq 1 300000", more: #","keep":true"#, on: loop)
            let expected = Array((1...300_000).map { "\($0)\n" }.joined().utf8)
            var random = SeededRandom(seed: 7)
            var (offset, lost) = (0, 0)
            let starter = try await ground.come(to: id, on: loop)
            try await starter.hear("ready", on: loop)
            starter.type("go\r", on: loop)
            // What was typed is echoed before the numbers.
            let start = "readygo\n".utf8.count
            try await starter.hear({ $0.bytes.count >= start }, on: loop)
            #expect(starter.text.hasPrefix("readygo\n"))
            starter.abort(on: loop)
            offset = start
            while offset < start + expected.count {
                let visitor = try await ground.come(to: id, "?after=\(offset)", on: loop)
                let enough = Int.random(in: 1...150_000, using: &random)
                var isOver = false
                try await visitor.hear(
                    { visitor in
                        isOver = visitor.remarks.contains { $0.contains(#""type":"exit""#) }
                        return isOver || visitor.bytes.count >= enough
                    }, on: loop)
                visitor.abort(on: loop)
                // At once, or later, where who was there before it keeps up and goes.
                var rest = visitor.bytes[...]
                for gap in visitor.remarks where gap.contains(#""type":"gap""#) {
                    let from = try #require(gap.value(of: "from").flatMap { Int($0) })
                    let to = try #require(gap.value(of: "to").flatMap { Int($0) })
                    #expect(
                        rest.prefix(from - offset).elementsEqual(expected[(offset - start)..<(from - start)]))
                    rest = rest.dropFirst(from - offset)
                    lost += to - from
                    offset = to
                }
                #expect(rest.elementsEqual(expected[(offset - start)...].prefix(rest.count)))
                offset += rest.count
                if isOver { #expect(offset == start + expected.count) }
            }
            #expect(lost < expected.count)
        }
    }

    @Test func anOffsetOfAnotherLifeIsAnsweredWithAReset() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("printf ready; read line", on: loop)
            let first = try await ground.come(to: id, on: loop)
            try await first.hear("ready", on: loop)
            let visitor = try await ground.come(to: id, "?after=9999", on: loop)
            try await visitor.hear("ready", on: loop)
            #expect(visitor.remarks[0].contains(#""offset":0"#))
            #expect(
                visitor.remarks[1].contains(#""type":"reset""#) && visitor.remarks[1].contains(#"{"from":0}"#)
            )
        }
    }

    /// As the attach add-on of xterm.js, which writes all that comes to its screen and sends keys as text.
    @Test func withoutControlThereAreBytesAlone() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make(
                "read line; printf '\\033]0;called\\007'; echo got $line; exit 3", on: loop)
            let visitor = try await ground.come(to: id, "?control=none&cols=70&rows=20", on: loop)
            visitor.say("hello\r", on: loop)
            let closure = try await visitor.hearTheEnd(on: loop)
            #expect(visitor.text.contains("got hello\r\n"))
            #expect(visitor.remarks.isEmpty)
            #expect(closure.code == .normal && closure.reason == "Terminal exited")
        }
    }

    /// As terminals paste, in one message: with control as bytes, and by the attach add-on of xterm.js as text.
    @Test(arguments: ["", "?control=none"])
    func aPasteInBracketsComesWhole(query: String) async throws {
        try await withTerminals { ground, loop in
            let text = String(repeating: "größer 界\r", count: (1 << 20) / 13 + 1)
            let paste = "\u{1B}[200~\(text)\u{1B}[201~"
            let count = paste.utf8.count
            let id = try await ground.make(
                "stty raw -echo; printf ready; head -c \(count) | cksum", on: loop)
            let visitor = try await ground.come(to: id, query, on: loop)
            try await visitor.hear("ready", on: loop)
            if query.isEmpty { visitor.type(paste, on: loop) } else { visitor.say(paste, on: loop) }
            _ = try await visitor.hearTheEnd(on: loop)
            #expect(visitor.text.contains("\(POSIXChecksum.of(Array(paste.utf8))) \(count)"), "\(visitor)")
        }
    }

    @Test func aPasteHasTheBoundThatIsSet() async throws {
        try await withTerminals("  message: 64KiB\n") { ground, loop in
            let id = try await ground.make("stty raw -echo; printf ready; exec sleep 600", on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("ready", on: loop)
            visitor.type([UInt8](repeating: 65, count: 64 << 10), on: loop)
            visitor.type([UInt8](repeating: 65, count: (64 << 10) + 1), on: loop)
            #expect(try await visitor.hearTheEnd(on: loop).code?.rawValue == 1009)
        }
    }

    /// Of whoever says as whom it types, nothing is lost and nothing comes twice, wherever its connections break.
    @Test func whoComesBackTypesOnBehindWhatWasTaken() async throws {
        try await withTerminals { ground, loop in
            var random = SeededRandom(seed: 7)
            let input = (0..<2_000_000).map { _ in UInt8.random(in: 1...255, using: &random) }
            let id = try await ground.make(
                "stty raw -echo; printf ready; head -c \(input.count) | cksum", on: loop)
            var name = "new"
            for round in 1...20 {
                let visitor = try await ground.come(to: id, "?typist=\(name)", on: loop)
                try await visitor.hear("ready", on: loop)
                let attached = visitor.remarks[0]
                #expect(round == 1 || attached.value(of: "typist") == name)
                name = try #require(attached.value(of: "typist"))
                let taken = try #require(attached.value(of: "typed").flatMap { Int($0) })
                var rest = round < 20 ? input[taken...].prefix(100_000) : input[taken...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...60_000, using: &random))
                    visitor.type(Array(piece), on: loop)
                    rest = rest.dropFirst(piece.count)
                }
                if round < 20 {
                    try await visitor.hear(remark: #""type":"typed""#, on: loop)
                    visitor.abort(on: loop)
                } else {
                    _ = try await visitor.hearTheEnd(on: loop)
                    #expect(visitor.text.contains("\(POSIXChecksum.of(input)) \(input.count)"), "\(visitor)")
                }
            }
        }
    }

    @Test func whatIsPastedComesWhole() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make(
                "stty raw -echo; printf ready; head -c 3000000 | cksum", on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("ready", on: loop)
            var random = SeededRandom(seed: 3)
            let paste = (0..<3_000_000).map { _ in UInt8.random(in: 1...255, using: &random) }
            for start in stride(from: 0, to: paste.count, by: 500_000) {
                visitor.type(Array(paste[start..<start + 500_000]), on: loop)
            }
            _ = try await visitor.hearTheEnd(on: loop)
            #expect(visitor.text.contains("\(POSIXChecksum.of(paste)) 3000000"), "\(visitor)")
        }
    }

    @Test func whatIsNoControlIsAnsweredWithASentence() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("read line", on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            let bad = [
                ("ls\r", "binary messages"), (#"{"type":"jump"}"#, "no control message"), ("{}", "missing"),
                (#"{"type":"resize","cols":0,"rows":24}"#, "from 1 to 1000"),
                (#"{"type":"resize","cols":80}"#, "from 1 to 1000"),
                (#"{"type":"signal","signal":"SEGV"}"#, "no signal"), (#"{"type":"signal"}"#, "missing"),
            ]
            for (message, words) in bad {
                visitor.say(message, on: loop)
                try await visitor.hear(
                    {
                        $0.remarks.last.map { $0.contains(#""type":"error""#) && $0.contains(words) } ?? false
                    },
                    on: loop)
            }
            visitor.say(#"{"type":"ping"}"#, on: loop)
            try await visitor.hear(remark: #""type":"pong""#, on: loop)
            for _ in 0..<200 { visitor.say(#"{"type":"ping"}"#, on: loop) }
            #expect(try await visitor.hearTheEnd(on: loop).code == .policyViolation)
            try await ground.wait(for: #""state":"running""#, of: id, on: loop)
        }
    }

    @Test func aSignalReachesWhatRunsInTheForeground() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("printf ready; exec sleep 600", on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("ready", on: loop)
            visitor.say(#"{"type":"signal","signal":"USR1"}"#, on: loop)
            _ = try await visitor.hearTheEnd(on: loop)
            #expect(visitor.remarks.contains { $0.contains(#""signal":"SIGUSR1""#) })
        }
    }

    @Test func endingItLeavesNoProcessHoweverStubborn() async throws {
        try await withTerminals { ground, loop in
            let mark = "60\(getpid())1"
            let script = """
                trap '' HUP TERM INT; (trap '' HUP TERM; setsid sh -c "trap '' HUP TERM; sleep \(mark); sleep \(mark)" &) ;
                printf ready; while :; do sleep \(mark); done
                """
            let id = try await ground.make(script, on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("ready", on: loop)
            while processCount(with: mark) < 3 {}
            let ended = try await ground.ask(.delete, "terminals/\(id)", on: loop)
            #expect(ended.status == .accepted && ended.body.contains(#""id":"\#(id)""#))
            let closure = try await visitor.hearTheEnd(on: loop)
            #expect(closure.code == .normal && closure.reason.hasPrefix("Ended by "))
            #expect(processCount(with: mark) == 0)
            #expect(try await ground.ask(.delete, "terminals/\(id)", on: loop).status == .conflict)
        }
    }

    @Test func aSessionOfATerminalIsListedAndEndsIt() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("exec sleep 600", on: loop)
            let list = try await ground.ask(.get, "sessions?kind=terminal", on: loop).body
            // What it runs is for those who may come to it, and viewers see the list.
            #expect(list.contains("terminal \(id)\"") && !list.contains("/bin/sh"))
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear(remark: "attached", on: loop)
            #expect(
                try await ground.ask(.get, "sessions?kind=websocket", on: loop).body
                    .contains("terminal \(id) (writer)"))
            let session = try #require(list.value(of: "id"))
            #expect(try await ground.ask(.delete, "sessions/\(session)", on: loop).status == .noContent)
            #expect(try await visitor.hearTheEnd(on: loop).code == .normal)
            try await ground.wait(for: #""state":"ended""#, of: id, on: loop)
        }
    }

    @Test func theMultiplexedSocketSaysWhereTerminalsAre() async throws {
        try await withTerminals { ground, loop in
            let client = try await ground.server.listen(to: "/api/v1/ws", headers: ground.bearer, on: loop)
            client.send(#"{"op":"open","channel":1,"path":"/terminals/x"}"#, on: loop)
            #expect(
                try await client.text(on: loop).contains("WebSocket of their own: /api/v1/ws/terminals/x"))
            try await client.close(on: loop)
        }
    }
}

/// What `cksum` prints.
private enum POSIXChecksum {
    static func of(_ bytes: [UInt8]) -> UInt32 {
        var table: [UInt32] = []
        for index in 0..<UInt32(256) {
            var entry = index << 24
            for _ in 0..<8 { entry = entry >> 31 == 1 ? (entry << 1) ^ 0x04C1_1DB7 : entry << 1 }
            table.append(entry)
        }
        var sum: UInt32 = 0
        func add(_ byte: UInt8) { sum = (sum << 8) ^ table[Int(UInt8(truncatingIfNeeded: sum >> 24) ^ byte)] }
        for byte in bytes { add(byte) }
        var count = bytes.count
        while count > 0 {
            add(UInt8(truncatingIfNeeded: count))
            count >>= 8
        }
        return ~sum
    }
}
