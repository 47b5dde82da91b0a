import Glibc
import Loop
import TestKit
import Testing
import Wire

/// `holdfast attach` with a person at a terminal.
@Suite struct AttachTests {
    /// Attached on a terminal of its own below a shell, which says at the end with what it exited, and whether the
    /// terminal is as it was.
    private static func withAttached(
        _ words: String = "attach t1",
        _ body: @Sendable (ScriptedTerminal, Holdfast, isolated EventLoop) async throws -> Void
    ) async throws {
        try await withTerminal { terminal, flags, folder, loop in
            let run = try await Holdfast.start(
                script: """
                    before=$(stty -g)
                    sh -c 'echo "pid=$$."; exec "$HOLDFAST" \(words) \(flags.joined(separator: " "))'
                    code=$?
                    [ "$before" = "$(stty -g)" ] && echo "as it was"
                    echo "status=$code."
                    """, in: folder, on: loop)
            do {
                try await terminal.expectReaders(1, on: loop)
                terminal.say("hello\r\n", on: loop)
                try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("hello") }
                try await body(terminal, run, loop)
            } catch {
                await run.stop(on: loop)
                throw error
            }
        }
    }

    private static func expect(_ status: Int, of run: Holdfast, on loop: isolated EventLoop) async throws {
        let end = try await run.finish(on: loop)
        #expect(end.output.contains("status=\(status)."), "\(end.output)")
        #expect(end.output.contains("as it was"), "\(end.output)")
    }

    private static func pid(_ run: Holdfast) throws -> CInt {
        let rest = try #require(run.output.text.split(separator: "pid=").last)
        return try #require(CInt(rest.prefix { $0 != "." }))
    }

    /// Waits until the terminal is raw, or is not.
    private static func expect(raw: Bool, of run: Holdfast, on loop: isolated EventLoop) async throws {
        // Nobody is told of a change of the mode.
        try await eventually("the terminal is \(raw ? "" : "not ")raw", within: Holdfast.patience) {
            run.output.isRaw == raw
        }
    }

    @Test func keysAndBytesTravelUnchangedAndTheStatusIsThatOfTheProgram() async throws {
        try await Self.withAttached { terminal, run, loop in
            #expect(run.output.isRaw)
            let keys: [UInt8] = [3, 4, 26, 28, 13, 10, 0, 127, 255, 0xC3, 0xA4, 17, 19, 0x10, 65]
            run.output.type(keys)
            try await terminal.expect("all keys", on: loop) { $0.input.count == keys.count }
            #expect(terminal.input == keys)
            terminal.say("\u{1B}[1mbold\u{1B}[0m\n", on: loop)
            terminal.exit(#""code":7"#, on: loop)
            try await Self.expect(7, of: run, on: loop)
            #expect(run.output.text.contains("\u{1B}[1mbold\u{1B}[0m\n"))
        }
    }

    @Test func theSignalThatEndedTheProgramIsTheStatus() async throws {
        try await Self.withAttached { terminal, run, loop in
            terminal.exit(#""signal":"SIGKILL""#, on: loop)
            try await Self.expect(137, of: run, on: loop)
        }
    }

    @Test func theDetachKeysLeaveAndGiveTheScreenBack() async throws {
        try await Self.withAttached { terminal, run, loop in
            terminal.say("\u{1B}[?1049h\u{1B}[?25lfull", on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("full") }
            run.output.type("\u{10}")
            run.output.type("x")
            try await terminal.expect("a lone ctrl-p", on: loop) { $0.text == "\u{10}x" }
            run.output.type("\u{10}\u{11}")
            try await Self.expect(0, of: run, on: loop)
            #expect(terminal.text == "\u{10}x")
            #expect(run.output.text.contains("full\u{1B}[?1049l\u{1B}[?25h"))
            #expect(run.output.text.contains("left the terminal t1, which runs on"))
        }
    }

    @Test func otherKeysCanBeChosenToLeave() async throws {
        try await Self.withAttached("attach t1 --detach-keys ctrl-],q") { terminal, run, loop in
            run.output.type("\u{10}\u{11}\u{1D}q")
            try await Self.expect(0, of: run, on: loop)
            #expect(terminal.text == "\u{10}\u{11}")
        }
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
    func aSignalFromOutsideGivesTheTerminalBack(signal: CInt) async throws {
        try await Self.withAttached { _, run, loop in
            try await Self.expect(raw: true, of: run, on: loop)
            kill(try Self.pid(run), signal)
            try await Self.expect(130, of: run, on: loop)
        }
    }

    @Test(arguments: [SIGSEGV, SIGILL, SIGTRAP, SIGABRT])
    func aCrashGivesTheTerminalBack(signal: CInt) async throws {
        try await Self.withAttached { _, run, loop in
            try await Self.expect(raw: true, of: run, on: loop)
            kill(try Self.pid(run), signal)
            try await Self.expect(128 + Int(signal), of: run, on: loop)
        }
    }

    @Test func whileItIsStoppedTheTerminalIsAsItWas() async throws {
        try await Self.withAttached { terminal, run, loop in
            try await Self.expect(raw: true, of: run, on: loop)
            let pid = try Self.pid(run)
            kill(pid, SIGTSTP)
            try await Self.expect(raw: false, of: run, on: loop)
            kill(pid, SIGCONT)
            try await Self.expect(raw: true, of: run, on: loop)
            run.output.type("again")
            try await terminal.expect("what is typed after it", on: loop) { $0.text == "again" }
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func theTerminalTakesTheSizeOfTheWindow() async throws {
        try await Self.withAttached { terminal, run, loop in
            #expect(terminal.queries == ["typist=new&cols=100&rows=30"])
            run.output.resize(columns: 71, rows: 17)
            try await terminal.expect("the new size", on: loop) { !$0.controls.isEmpty }
            #expect(terminal.controls == [#"{"type":"resize","cols":71,"rows":17}"#])
            terminal.cut()
            try await terminal.expect("another connection", on: loop) { $0.queries.count == 2 }
            #expect(terminal.queries.last == "after=7&typist=k1&cols=71&rows=17")
            try await terminal.expectReaders(1, on: loop)
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func ofALargerWindowTheTerminalTakesWhatItCanHave() async throws {
        try await Self.withAttached { terminal, run, loop in
            run.output.resize(columns: 1200, rows: 17)
            try await terminal.expect("the new size", on: loop) { !$0.controls.isEmpty }
            #expect(terminal.controls == [#"{"type":"resize","cols":1000,"rows":17}"#])
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func whatIsTypedWithoutAConnectionArrivesLater() async throws {
        try await Self.withAttached { terminal, run, loop in
            terminal.cut()
            try await terminal.expectReaders(0, on: loop)
            run.output.type("later")
            try await terminal.expect("it", on: loop) { $0.text == "later" }
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func whatTheTerminalDidNotTakeIsTypedAgain() async throws {
        try await Self.withAttached { terminal, run, loop in
            run.output.type("taken, ")
            try await terminal.expect("it", on: loop) { $0.text == "taken, " }
            terminal.isDeaf = true
            run.output.type("on its way, ")
            try await terminal.expect("it on its way", on: loop) { $0.dropped == 12 }
            terminal.cut()
            try await terminal.expectReaders(0, on: loop)
            terminal.isDeaf = false
            run.output.type("later")
            try await terminal.expect("all", on: loop) { $0.text == "taken, on its way, later" }
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    /// Only that server could have said whether it had it.
    @Test func whatMayBeLostWithAServerIsSaidAndNotTypedTwice() async throws {
        try await Self.withAttached { terminal, run, loop in
            run.output.type("ab")
            try await terminal.expect("it", on: loop) { $0.text == "ab" }
            terminal.isDeaf = true
            run.output.type("cde")
            try await terminal.expect("more", on: loop) { $0.dropped == 3 }
            terminal.isDeaf = false
            terminal.typist = "k2"
            terminal.cut()
            try await run.output.read(within: Holdfast.patience, on: loop) {
                $0.contains("what was typed and not yet read may be lost\u{1B}")
            }
            run.output.type("f")
            try await terminal.expect("the rest", on: loop) { $0.text == "abf" }
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    /// What was taken may be lost as well, and the end of a line alone is another command than the line.
    @Test func nothingIsTypedBehindWhatWasPerhapsLostWithAServer() async throws {
        try await Self.withAttached { terminal, run, loop in
            run.output.type("rm -r ./")
            try await terminal.expect("it", on: loop) { $0.text == "rm -r ./" }
            terminal.isAway = true
            terminal.cut()
            try await terminal.expect("it comes back", on: loop) { $0.refusals > 0 }
            run.output.type("build\r")
            // It has read that by the time at which it comes again.
            let refusals = terminal.refusals + 1
            try await terminal.expect("it comes back again", on: loop) { $0.refusals >= refusals }
            terminal.typist = "k2"
            terminal.isAway = false
            try await run.output.read(within: Holdfast.patience, on: loop) {
                $0.contains(
                    "what was typed and not yet read may be lost; 6 bytes that still waited were not typed")
            }
            run.output.type("ls\r")
            try await terminal.expect("the rest", on: loop) { $0.text == "rm -r ./ls\r" }
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func whatIsToBeSaidWaitsForTheEndOfASequence() async throws {
        try await Self.withAttached { terminal, run, loop in
            run.output.type("ab")
            try await terminal.expect("it", on: loop) { $0.text == "ab" }
            terminal.say("\u{1B}[3", on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.hasSuffix("\u{1B}[3") }
            terminal.typist = "k2"
            terminal.cut()
            try await terminal.expect("another connection", on: loop) { $0.queries.count == 2 }
            try await terminal.expectReaders(1, on: loop)
            terminal.say("1mred", on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.hasSuffix("red") }
            let said = try #require(run.output.text.split(separator: "hello\r\n").last)
            #expect(
                said.hasPrefix("\u{1B}[31m\r\n\u{1B}[2mholdfast: what was typed and not yet read may be lost")
            )
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func theKeysThatLeaveAreHeardWhateverWaits() async throws {
        try await Self.withAttached { terminal, run, loop in
            terminal.isAway = true
            terminal.cut()
            try await terminal.expectReaders(0, on: loop)
            let paste = [UInt8](repeating: UInt8(ascii: "p"), count: 256 << 10)
            try await run.output.type(all: paste, within: Holdfast.patience, on: loop)
            run.output.type("\u{10}\u{11}")
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func keysBeyondWhatCanWaitAreDroppedAndThatIsSaid() async throws {
        try await Self.withAttached { terminal, run, loop in
            terminal.isAway = true
            terminal.cut()
            try await terminal.expectReaders(0, on: loop)
            let paste = [UInt8](repeating: UInt8(ascii: "p"), count: 9 << 20)
            try await run.output.type(all: paste, within: Holdfast.patience, on: loop)
            let words = " bytes wait to be typed; more keys are dropped until they are"
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains(words) }
            let before = try #require(run.output.text.split(separator: words).first)
            let count = try #require(before.split(separator: "holdfast: ").last.flatMap { Int($0) })
            #expect(count >= 8 << 20 && count < 9 << 20)
            terminal.isAway = false
            try await terminal.expect("what waited", on: loop) { $0.input.count >= count }
            run.output.type("f")
            try await terminal.expect("what is typed later", on: loop) { $0.input.last == UInt8(ascii: "f") }
            #expect(terminal.input.count == count + 1)
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func aConnectionThatStaysAwayIsSaidOnceOnALineOfItsOwn() async throws {
        try await Self.withAttached { terminal, run, loop in
            terminal.isAway = true
            terminal.cut()
            try await run.output.read(within: Holdfast.patience, on: loop) {
                $0.contains("Connecting again (ctrl-p,ctrl-q leaves).\u{1B}[22m\r\n")
            }
            #expect(run.output.text.contains("hello\r\n\r\n\u{1B}[2mholdfast: peer_lost: "))
            terminal.isAway = false
            try await terminal.expectReaders(1, on: loop)
            terminal.say("back", on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) {
                $0.hasSuffix("\u{1B}[22m\r\nback")
            }
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func aProgramThatHasTheWholeScreenIsNotWrittenInto() async throws {
        try await Self.withAttached { terminal, run, loop in
            terminal.say("\u{1B}[?1049hfull", on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.hasSuffix("full") }
            terminal.isAway = true
            terminal.cut()
            try await run.output.read(within: Holdfast.patience, on: loop) {
                $0.contains("full\u{1B}[22;2t\u{1B}]2;holdfast: ") && $0.hasSuffix("leaves).\u{1B}\\")
            }
            terminal.isAway = false
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.hasSuffix("\u{1B}[23;2t") }
            try await terminal.expectReaders(1, on: loop)
            terminal.exit(#""code":0"#, on: loop)
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func thereIsAWayOutWithoutAConnection() async throws {
        try await Self.withAttached { terminal, run, loop in
            terminal.isAway = true
            terminal.cut()
            try await terminal.expectReaders(0, on: loop)
            run.output.type("\u{10}\u{11}")
            try await Self.expect(0, of: run, on: loop)
        }
    }

    @Test func whoMayOnlyLookIsToldSoAndTypesNothing() async throws {
        try await withTerminal { terminal, flags, folder, loop in
            terminal.canWrite = false
            let run = try await Holdfast.start(onTerminal: ["attach", "t1"] + flags, in: folder, on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("looked at") }
            run.output.type("x\u{10}\u{11}")
            #expect(try await run.finish(on: loop).status == 0)
            #expect(terminal.text == "")
        }
    }

    @Test func whoTypesSomewhereElseMayTakeOver() async throws {
        try await Self.withAttached("attach t1 --takeover") { terminal, run, loop in
            #expect(terminal.queries == ["typist=new&takeover=1&cols=100&rows=30"])
            // Who took over meanwhile is not thrown out.
            terminal.cut()
            try await terminal.expect("another connection", on: loop) { $0.queries.count == 2 }
            #expect(terminal.queries.last == "after=7&typist=k1&cols=100&rows=30")
            try await terminal.expectReaders(1, on: loop)
            terminal.close(.init(rawValue: 4001), "Taken over", on: loop)
            try await Self.expect(77, of: run, on: loop)
            #expect(run.output.text.contains("t1: replaced, 4001: Taken over."))
        }
    }
}
