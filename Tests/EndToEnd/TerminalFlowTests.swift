import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

/// Those who do not read, those who do not come, and that nobody else notices.
@Suite struct TerminalFlowTests {
    /// More is typed than anything on the way could hold; none of it is lost, and the others go on.
    @Test func aProgramThatDoesNotReadKeepsWhoTypesWaitingAndNobodyElse() async throws {
        try await withTerminals { ground, loop in
            let go = ground.server.folder.file("go")
            let id = try await ground.make(
                "stty raw -echo; printf ready; while ! test -e \(go); do sleep 0.05; done; head -c 4000000 | tr -d x | wc -c",
                on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("ready", on: loop)
            let page = [UInt8](repeating: UInt8(ascii: "y"), count: 500_000)
            for _ in 0..<8 { visitor.type(page, on: loop) }
            let other = try await ground.come(
                to: try await ground.make("read a; echo got $a", on: loop), on: loop)
            other.type("b\r", on: loop)
            #expect(try await other.hearTheEnd(on: loop).reason == "Terminal exited")
            #expect(other.text.contains("got b"))
            // One who types by a request is told.
            let deadline = loop.clock.now + Holdfast.patience
            var status = HTTPStatus.noContent
            while status == .noContent, loop.clock.now < deadline {
                status = try await ground.ask(.post, "terminals/\(id)/input", #"{"text":"x"}"#, on: loop)
                    .status
            }
            #expect(status == .tooManyRequests)
            try write("", to: go)
            _ = try await visitor.hearTheEnd(on: loop)
            let count = try #require(Int(visitor.text.dropFirst(5).filter(\.isNumber)))
            // What was typed by requests came in between, and pushed as much out.
            #expect(count > 3_900_000 && count <= 4_000_000)
        }
    }

    /// What finds no room goes with its connection, which the next takes the place of, and is typed again over that: once.
    @Test func whoComesAnewToAProgramThatDoesNotReadWaitsAsTheOthersDo() async throws {
        try await withTerminals { ground, loop in
            let go = ground.server.folder.file("go")
            let id = try await ground.make(
                "stty raw -echo; printf ready; while ! test -e \(go); do sleep 0.05; done; head -c 1800000 | tr -cd z | wc -c",
                on: loop)
            let first = try await ground.come(to: id, "?typist=new", on: loop)
            try await first.hear("ready", on: loop)
            for _ in 0..<3 { first.type([UInt8](repeating: UInt8(ascii: "y"), count: 500_000), on: loop) }
            try await first.hear(remark: #""offset":1500000"#, on: loop)
            let paste = [UInt8](repeating: UInt8(ascii: "z"), count: 300_000)
            var name = "new"
            for _ in 0..<3 {
                let second = try await ground.come(to: id, "?typist=\(name)", on: loop)
                try await second.hear(remark: "attached", on: loop)
                let attached = try #require(second.remarks.first)
                name = try #require(attached.value(of: "typist"))
                #expect(attached.contains(#""typed":0"#), "\(attached)")
                second.type(paste, on: loop)
            }
            let last = try await ground.come(to: id, "?typist=\(name)", on: loop)
            last.type(paste, on: loop)
            try write("", to: go)
            #expect(try await last.hearTheEnd(on: loop).reason == "Terminal exited")
            #expect(last.text == "ready300000\r\n" || last.text == "ready300000\n", "\(last.text)")
        }
    }

    @Test func whoGoesWhileTheProgramDoesNotReadIsNoticed() async throws {
        try await withTerminals("deadlines:\n  ping_interval: 1s\n") { ground, loop in
            let id = try await ground.make("stty raw -echo; printf ready; exec sleep 600", on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("ready", on: loop)
            let page = [UInt8](repeating: UInt8(ascii: "y"), count: 500_000)
            for _ in 0..<12 { visitor.type(page, on: loop) }
            var status = HTTPStatus.noContent
            while status != .tooManyRequests {
                status = try await ground.ask(.post, "terminals/\(id)/input", #"{"text":"x"}"#, on: loop)
                    .status
            }
            visitor.abort(on: loop)
            try await ground.wait(for: #""writers":0"#, of: id, on: loop)
        }
    }

    @Test func anInterruptionReachesAFloodingProgram() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("printf ready; yes; echo stopped", on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear({ $0.bytes.count > 2_000_000 }, on: loop)
            visitor.type("\u{3}", on: loop)
            _ = try await visitor.hearTheEnd(on: loop)
            #expect(visitor.remarks.contains { $0.contains(#""type":"exit""#) && $0.contains("SIGINT") })
            #expect(!visitor.remarks.contains { $0.contains(#""type":"gap""#) })
        }
    }

    /// One who looks and does not read is told what it missed, and holds nobody up.
    @Test func whoReadsSlowlyIsToldOfTheGapAndNobodyWaitsForIt() async throws {
        try await withTerminals("  window: 64KiB\n  high_water: 16KiB\n  low_water: 8KiB\n") { ground, loop in
            let id = try await ground.make("stty -onlcr; read go; seq 1 3000000; read line", on: loop)
            let writer = try await ground.come(to: id, on: loop)
            let slow = try await ground.server.upgrade(
                "/api/v1/ws/terminals/\(id)?read_only=1",
                header: "Authorization: \(try #require(ground.bearer["Authorization"]))", on: loop)
            try await ground.wait(for: #""viewers":1,"writers":1"#, of: id, on: loop)
            writer.type("go\r", on: loop)
            try await writer.hear({ $0.bytes.suffix(9).elementsEqual("\n3000000\n".utf8) }, on: loop)
            let expected = (1...3_000_000).map { "\($0)\n" }.joined()
            #expect(writer.text.hasSuffix(expected))
            #expect(!writer.remarks.contains { $0.contains(#""type":"gap""#) })
            writer.type("\r", on: loop)
            var heard: [UInt8] = []
            let gap = Array(#""type":"gap""#.utf8)
            let deadline = loop.clock.now + Holdfast.patience
            while heard.firstRange(of: gap) == nil {
                let piece = try await slow.read(until: deadline, on: loop)
                guard !piece.isEmpty else { break }
                heard = heard.suffix(64) + piece
            }
            #expect(heard.firstRange(of: gap) != nil)
            slow.close(on: loop)
        }
    }

    /// Who stops reading keeps nobody from ending it, and does not hide that the program is over.
    @Test func whoDoesNotReadHoldsNoEndUp() async throws {
        try await withTerminals { ground, loop in
            for isAsked in [true, false] {
                let go = ground.server.folder.file("go")
                let id = try await ground.make(
                    isAsked ? "exec yes" : "yes & while ! test -e \(go); do sleep 0.02; done", on: loop)
                let stuck = try await ground.server.upgrade(
                    "/api/v1/ws/terminals/\(id)",
                    header: "Authorization: \(try #require(ground.bearer["Authorization"]))", on: loop)
                try await ground.waitForStandstill(of: id, on: loop)
                if isAsked {
                    _ = try await ground.ask(.delete, "terminals/\(id)", on: loop)
                } else {
                    try write("", to: go)
                }
                try await ground.wait(for: #""state":"ended""#, of: id, on: loop)
                // Whoever loses patience with it does not hear how the program ended.
                let page = try await ground.ask(.get, "terminals/\(id)", on: loop).body
                #expect(!page.contains(#""exit":null"#), "\(page)")
                stuck.close(on: loop)
            }
        }
    }

    /// However small the window is, the bytes of a program that floods stay what they are.
    @Test func aWindowSmallerThanTheMarksLosesNothing() async throws {
        try await withTerminals("  window: 16KiB\n") { ground, loop in
            let id = try await ground.make(
                "stty -echo -onlcr; printf r; read go; seq 1 300000; read line", on: loop)
            let writer = try await ground.come(to: id, on: loop)
            try await writer.hear("r", on: loop)
            writer.type("go\r", on: loop)
            try await writer.hear({ $0.bytes.suffix(8).elementsEqual("\n300000\n".utf8) }, on: loop)
            #expect(writer.text == "r" + (1...300_000).map { "\($0)\n" }.joined())
            #expect(!writer.remarks.contains { $0.contains(#""type":"gap""#) })
        }
    }

    /// At whichever step one goes away who has made a terminal, nothing is left of it.
    @Test func whoMakesTerminalsAndDoesNotComeLeavesNothingBehind() async throws {
        try await withTerminals("  never_attached: 300ms\n  detached: 300ms\n  per_person: 1000\n") {
            ground, loop in
            let mark = "60\(getpid())3"
            let authorization = "Authorization: \(try #require(ground.bearer["Authorization"]))"
            for round in 0..<40 {
                let id = try await ground.make("exec sleep \(mark)", on: loop)
                let path = "/api/v1/ws/terminals/\(id)"
                switch round % 5 {
                case 0: break
                case 1:
                    await #expect(throws: (any Error).self) {
                        _ = try await ground.come(to: id, as: [:], on: loop)
                    }
                case 2:
                    await #expect(throws: (any Error).self) {
                        _ = try await ground.come(to: id, "?after=x", on: loop)
                    }
                case 3: try await ground.server.upgrade(path, header: authorization, on: loop).close(on: loop)
                default: try await ground.come(to: id, on: loop).abort(on: loop)
                }
            }
            try await ground.waitUntilNoneRuns(on: loop)
            #expect(processCount(with: mark) == 0)
            let kinds = "sessions?kind=terminal,websocket"
            try await ground.wait(for: #"{"sessions":[]}"#, at: kinds, on: loop)
            let figures = try await ground.server.ask(.get, "/metrics", headers: ground.bearer, on: loop).body
            #expect(
                figures.contains("holdfast_ledger_leaks_total 0"),
                "\(figures.split(separator: "\n").filter { $0.contains("leak") })")
        }
    }
}

extension TerminalServer {
    /// Waits until a program that floods says nothing more.
    fileprivate func waitForStandstill(of id: String, on loop: isolated EventLoop) async throws {
        let deadline = loop.clock.now + Holdfast.patience
        var (last, looks) = ("", 0)
        while looks < 5 {
            let now = try await ask(.get, "terminals/\(id)", on: loop).body.value(of: "offset") ?? ""
            looks = now == last && now != "0" ? looks + 1 : 0
            last = now
            guard loop.clock.now < deadline else { throw TestFailure("it goes on, and nobody reads") }
            // That nothing happens is seen only by looking for a while.
            await loop.sleep(until: loop.clock.now + .milliseconds(20))
        }
    }

    fileprivate func waitUntilNoneRuns(on loop: isolated EventLoop) async throws {
        let deadline = loop.clock.now + Holdfast.patience
        var list = ""
        repeat {
            list = try await ask(.get, "terminals", on: loop).body
            if !list.contains(#""state":"running""#), !list.contains(#""state":"ending""#) { return }
        } while loop.clock.now < deadline
        throw TestFailure("some run on: \(list)")
    }
}
