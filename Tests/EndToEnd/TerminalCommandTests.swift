import Loop
import TestKit
import Testing

/// The commands for terminals, against a server that has some.
@Suite struct TerminalCommandTests {
    @Test func aTerminalIsMadeUsedAndLeftWithItsStatus() async throws {
        try await withTerminals { ground, loop in
            let server = ground.server
            let words =
                ["attach", "--new"] + server.flags + [
                    "--", "/bin/sh", "-c", "stty size; read a; echo got $a; exit 7",
                ]
            let run = try await Holdfast.start(onTerminal: words, in: server.folder, on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("30 100") }
            run.output.type("it\r")
            let end = try await run.finish(on: loop)
            #expect(end.status == 7 && end.output.contains("got it"), "\(end)")
        }
    }

    @Test func terminalsAreListedSharedAndEnded() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("exec sleep 600", on: loop)
            let list = try await ground.server.run("terminals", "list", on: loop)
            #expect(
                list.status == 0 && list.output.contains(id) && list.output.contains("running"), "\(list)")
            let share = try await ground.server.run("terminals", "share", id, "--expires-in", "60s", on: loop)
            let link = share.output.split(separator: "\n").first.map(String.init) ?? ""
            #expect(link.hasPrefix("ws://127.0.0.1:"), "\(share)")
            // It outlives the command that made it.
            let visitor = try await TerminalVisitor.come(to: link, of: ground.server, on: loop)
            try await visitor.hear(remark: "attached", on: loop)
            let ended = try await ground.server.run("terminals", "end", id, on: loop)
            #expect(ended.status == 0, "\(ended)")
            try await ground.wait(for: #""state":"ended""#, of: id, on: loop)
            let shown = try await ground.server.run("terminals", "show", id, on: loop)
            #expect(shown.output.contains("SIGHUP") && shown.output.contains("Ended by"), "\(shown)")
        }
    }
}
