import Glibc
import Loop
import TestKit
import Testing

/// `holdfast attach` without a terminal, and what it attaches to.
@Suite struct AttachPipeTests {
    @Test func pipesAreTypedAndPrintedAsTheyAre() async throws {
        try await withTerminal { terminal, flags, folder, loop in
            terminal.say("before\r\n", on: loop)
            let run = try await Holdfast.start(
                ["attach", "t1"] + flags, in: folder, input: "ls\u{10}\u{11}\n", on: loop)
            try await terminal.expect("the input", on: loop) { $0.text == "ls\u{10}\u{11}\n" }
            terminal.say("after\u{1B}[?25l\r\n", on: loop)
            terminal.exit(#""code":3"#, on: loop)
            let end = try await run.finish(on: loop)
            #expect(end.status == 3)
            #expect(end.output == "before\r\nafter\u{1B}[?25l\r\n")
            #expect(end.error == "")
            #expect(terminal.queries == ["typist=new"])
        }
    }

    @Test func aLargeInputArrivesWhole() async throws {
        try await withTerminal { terminal, flags, folder, loop in
            let text = (0..<300_000).map { "\($0)\n" }.joined()
            try write(text, to: folder.file("input"))
            let run = try await Holdfast.start(
                script: "\"$HOLDFAST\" attach t1 \(flags.joined(separator: " ")) < input", in: folder,
                on: loop)
            try await terminal.expect("all of it", on: loop) { $0.input.count == text.utf8.count }
            #expect(terminal.text == text)
            terminal.exit(#""code":0"#, on: loop)
            #expect(try await run.finish(on: loop).status == 0)
        }
    }

    /// Some of it is on its way at each cut, and some was taken without a word that it was.
    @Test func aLargeInputArrivesOnceAndWholeOverManyConnections() async throws {
        try await withTerminal { terminal, flags, folder, loop in
            let text = (0..<600_000).map { "\($0)\n" }.joined()
            try write(text, to: folder.file("input"))
            let run = try await Holdfast.start(
                script: "\"$HOLDFAST\" attach t1 \(flags.joined(separator: " ")) < input", in: folder,
                on: loop)
            do {
                for part in 1...5 {
                    try await terminal.expect("a part", on: loop) { $0.input.count > part * 600_000 }
                    terminal.cut()
                    try await terminal.expectReaders(0, on: loop)
                }
                try await terminal.expect("all of it", on: loop) { $0.input.count >= text.utf8.count }
            } catch {
                await run.stop(on: loop)
                throw error
            }
            #expect(terminal.text == text)
            terminal.exit(#""code":0"#, on: loop)
            #expect(try await run.finish(on: loop).status == 0)
        }
    }

    @Test func noByteIsLostOrDoubledWhenTheConnectionIs() async throws {
        try await withTerminal { terminal, flags, folder, loop in
            let run = try await Holdfast.start(["attach", "t1"] + flags, in: folder, on: loop)
            try await terminal.expectReaders(1, on: loop)
            for round in 1...3 {
                terminal.say("\(round) over the connection, ", on: loop)
                try await run.output.read(within: Holdfast.patience, on: loop) {
                    $0.hasSuffix("connection, ")
                }
                // Some of this may still arrive.
                terminal.say("\(round) in the moment, ", on: loop)
                terminal.cut()
                terminal.say("\(round) without, ", on: loop)
                try await terminal.expect("another", on: loop) { $0.queries.count == round + 1 }
                try await terminal.expectReaders(1, on: loop)
            }
            terminal.exit(#""code":0"#, on: loop)
            let end = try await run.finish(on: loop)
            #expect(end.status == 0)
            #expect(end.output == String(decoding: terminal.said, as: UTF8.self))
            #expect(end.error == "" || end.error.contains("Connecting again"))
        }
    }

    @Test func whatIsNotKeptAnyMoreIsSaid() async throws {
        try await withTerminal { terminal, flags, folder, loop in
            terminal.say("one", on: loop)
            let run = try await Holdfast.start(["attach", "t1"] + flags, in: folder, on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0 == "one" }
            terminal.cut()
            terminal.say("twothree", on: loop)
            terminal.forgotten = 6
            try await run.output.read(within: Holdfast.patience, on: loop) { $0 == "onethree" }
            try await run.error.read(within: Holdfast.patience, on: loop) {
                $0.contains("3 bytes of what it said are not kept any more")
            }
            terminal.cut()
            try await terminal.expect("another", on: loop) { $0.queries.last == "after=11&typist=k1" }
            try await terminal.expectReaders(1, on: loop)
            terminal.exit(#""code":0"#, on: loop)
            #expect(try await run.finish(on: loop).status == 0)
        }
    }

    @Test func aTerminalThatIsNotThereIsOneSentence() async throws {
        try await withTerminal { _, flags, folder, loop in
            let run = try await Holdfast.start(["attach", "t9"] + flags, in: folder, on: loop)
            let end = try await run.finish(on: loop)
            #expect(end.status == 69)
            #expect(end.error == "holdfast: t9: not_found, 4404: There is no such terminal.\n")
        }
    }

    @Test func aNewOneIsMadeAsTheCommandLineSays() async throws {
        try await withTerminal { terminal, flags, folder, loop in
            let words = ["attach", "--new", "--template", "box"] + flags + ["--", "htop", "-d", "5"]
            let run = try await Holdfast.start(onTerminal: words, in: folder, on: loop)
            try await terminal.expectReaders(1, on: loop)
            #expect(
                terminal.requests == [
                    #"POST /api/v1/terminals {"args":["-d","5"],"cols":100,"command":"htop","rows":30,"template":"box"}"#
                ])
            terminal.exit(#""code":0"#, on: loop)
            #expect(try await run.finish(on: loop).status == 0)
        }
    }

    @Test func withoutANameItIsTheOnlyOneOfOnesOwn() async throws {
        try await withTerminal { terminal, flags, folder, loop in
            let words = ["attach"] + flags
            let none = try await Holdfast.start(words, in: folder, on: loop).finish(on: loop)
            #expect(none.status == 66)
            #expect(none.error.contains("`holdfast attach --new` makes one"))
            let own = #"{"id":"t1","state":"running","owner":"ada"}"#
            let others =
                #"{"id":"t2","state":"running","owner":"bob"},{"id":"t3","state":"ended","owner":"ada"}"#
            terminal.list = "[\(others),\(own)]"
            let run = try await Holdfast.start(words, in: folder, on: loop)
            try await terminal.expectReaders(1, on: loop)
            terminal.exit(#""code":0"#, on: loop)
            #expect(try await run.finish(on: loop).status == 0)
            terminal.list = #"[\#(own),{"id":"t4","state":"running","owner":"ada"}]"#
            let several = try await Holdfast.start(words, in: folder, on: loop).finish(on: loop)
            #expect(several.status == 64)
            #expect(several.error.contains("t4") && several.error.contains("holdfast attach t1"))
        }
    }

    @Test func terminalsAreListedShownEndedAndShared() async throws {
        try await withTerminal { terminal, flags, folder, loop in
            terminal.list = #"[{"id":"t1","state":"ended","cols":80,"rows":24,"exit":{"signal":"SIGKILL"}}]"#
            func run(_ words: String..., on loop: isolated EventLoop) async throws -> Holdfast.Finished {
                try await Holdfast.start(["terminals"] + words + flags, in: folder, on: loop).finish(on: loop)
            }
            let list = try await run("list", on: loop)
            #expect(list.output.contains("t1  ended (SIGKILL)  -         -      80x24  -"))
            let standard = try await run(on: loop)
            #expect(standard.output == list.output)
            let json = try await run("list", "--json", on: loop)
            #expect(json.output == "{\"terminals\":\(terminal.list)}\n")
            let page = try await run("show", "t1", on: loop)
            #expect(page.output.contains("command   sh -l\n"))
            let end = try await run("end", "t1", on: loop)
            #expect(end.status == 0)
            #expect(terminal.requests.last == "DELETE /api/v1/terminals/t1 ")
            let link = try await run("share", "t1", "--expires-in", "1h", on: loop)
            #expect(link.output == "http://x/t\n")
            #expect(terminal.requests.last == #"POST /api/v1/terminals/t1/share {"expires_in":3600}"#)
            let none = try await run("show", "t9", on: loop)
            #expect(none.status == 66)
        }
    }
}
