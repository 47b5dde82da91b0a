import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

/// When terminals end by themselves, and what they live through.
@Suite struct TerminalLifeTests {
    @Test func aTerminalToWhichNobodyComesEnds() async throws {
        try await withTerminals("  never_attached: 200ms\n") { ground, loop in
            let id = try await ground.make("exec sleep 600", on: loop)
            try await ground.wait(for: #""state":"ended""#, of: id, on: loop)
            let page = try await ground.ask(.get, "terminals/\(id)", on: loop).body
            #expect(
                page.contains("Nobody attached in time") && page.contains(#""signal":"SIGHUP""#), "\(page)")
            let late = try await ground.come(to: id, on: loop)
            #expect(try await late.hearTheEnd(on: loop).code?.rawValue == 4000)
        }
    }

    @Test func aTerminalThatEverybodyHasLeftEndsUnlessItIsKept() async throws {
        try await withTerminals("  detached: 200ms\n") { ground, loop in
            let (lost, kept) = (
                try await ground.make("exec sleep 600", on: loop),
                try await ground.make("exec sleep 600", more: #","keep":true"#, on: loop)
            )
            for id in [kept, lost] {
                let visitor = try await ground.come(to: id, on: loop)
                try await visitor.hear(remark: "attached", on: loop)
                visitor.abort(on: loop)
            }
            try await ground.wait(for: "Nobody was attached for too long", of: lost, on: loop)
            try await ground.wait(for: #""state":"running""#, of: kept, on: loop)
        }
    }

    @Test func whoIsIdleIsWarnedAndMayAskForMoreTime() async throws {
        try await withTerminals("  idle: 1500ms\n  notice: 1s\n") { ground, loop in
            let id = try await ground.make("printf ready; read line", on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            func warnings() -> Int { visitor.remarks.count { $0.contains(#""type":"expiring""#) } }
            try await visitor.hear({ _ in warnings() == 1 }, on: loop)
            #expect(visitor.remarks.last?.contains(#""reason":"idle""#) == true)
            visitor.say(#"{"type":"extend"}"#, on: loop)
            // It would be over by the time of the next warning.
            try await visitor.hear({ _ in warnings() == 2 }, on: loop)
            #expect(try await visitor.hearTheEnd(on: loop).code?.rawValue == 4000)
        }
    }

    @Test func thereAreAsManyAsMayBe() async throws {
        try await withTerminals("  per_person: 2\n  all: 3\n") { ground, loop in
            let first = try await ground.make("read line", on: loop)
            _ = try await ground.make("read line", on: loop)
            let refused = try await ground.ask(.post, "terminals", on: loop)
            #expect(refused.status == .tooManyRequests && refused.body.contains("You have 2 terminals"))
            let other = try await ground.server.bearer("other", on: loop)
            let made = try await ground.server.ask(.post, "/api/v1/terminals", headers: other, on: loop)
            #expect(made.status == .created)
            let full = try await ground.server.ask(.post, "/api/v1/terminals", headers: other, on: loop)
            #expect(full.status == .tooManyRequests && full.body.contains("There are 3 terminals"))
            _ = try await ground.ask(.delete, "terminals/\(first)", on: loop)
            try await ground.wait(for: #""state":"ended""#, of: first, on: loop)
            _ = try await ground.make("read line", on: loop)
        }
    }

    /// The program goes on while there is no server, and what it said meanwhile is there.
    @Test(arguments: [SIGTERM, SIGKILL])
    func terminalsOutliveTheirServer(_ signal: CInt) async throws {
        try await onLoop { loop in
            let folder = try TemporaryFolder()
            let file = folder.file("holdfast.yaml")
            try write("terminals:\n  allow_root: true\n", to: file)
            let environment = ["HOLDFAST_CONFIG": file]
            let server = try await RunningServer.start(in: folder, environment: environment, on: loop)
            let ground = TerminalServer(server: server, bearer: try await server.bearer("ci", on: loop))
            let go = folder.file("go")
            let id = try await ground.make(
                "printf before; while ! test -e \(go); do sleep 0.05; done; printf meanwhile; touch \(go).done; "
                    + "read line; echo got $line; exit 5", on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("before", on: loop)
            server.program.child.signal(signal)
            let closure = try await visitor.hearTheEnd(on: loop)
            #expect(closure.code == (signal == SIGTERM ? .goingAway : nil))
            _ = await server.program.child.wait(until: loop.clock.now + Holdfast.patience, on: loop)
            await server.program.stop(on: loop)
            try write("", to: go)
            let deadline = loop.clock.now + Holdfast.patience
            while unsafe access("\(go).done", F_OK) != 0 {
                guard loop.clock.now < deadline else { throw TestFailure("the program does not go on") }
                await loop.sleep(until: loop.now + .milliseconds(5))
            }
            let second = try await RunningServer.start(in: folder, environment: environment, on: loop)
            do {
                let ground = TerminalServer(server: second, bearer: ground.bearer)
                let back = try await ground.come(to: id, "?after=\(visitor.bytes.count)", on: loop)
                try await back.hear("meanwhile", on: loop)
                #expect(back.text == "meanwhile")
                back.type("on\r", on: loop)
                #expect(try await back.hearTheEnd(on: loop).reason == "Terminal exited")
                #expect(back.text.contains("got on") && back.remarks.contains { $0.contains(#""code":5"#) })
            } catch {
                await second.program.stop(on: loop)
                throw error
            }
            await second.program.stop(on: loop)
        }
    }

    @Test func whereTheyMayNotOutliveTheServerTheyEndWithIt() async throws {
        try await withTerminals { ground, loop in
            let mark = "60\(getpid())2"
            let id = try await ground.make("printf ready; sleep \(mark)", on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("ready", on: loop)
            ground.server.program.child.signal(SIGTERM)
            #expect(try await visitor.hearTheEnd(on: loop).code == .goingAway)
            _ = await ground.server.program.child.wait(until: loop.clock.now + Holdfast.patience, on: loop)
            #expect(processCount(with: mark) == 0)
        }
    }
    @Test func itIsToldWhenATerminalEndsIfNothingHappens() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("read line", on: loop)
            try await ground.wait(for: #""expires_because":"never_attached""#, of: id, on: loop)
            let shown = try await ground.server.run("terminals", "show", id, on: loop)
            #expect(shown.output.contains("(never_attached)"), "\(shown)")
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear(remark: "attached", on: loop)
            try await ground.wait(for: #""expires_at":null,"expires_because":null"#, of: id, on: loop)
            visitor.abort(on: loop)
            try await ground.wait(for: #""expires_because":"detached""#, of: id, on: loop)
        }
    }

    @Test func whereNobodySawHowAProgramEndedNobodySaysSo() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("printf ready; read line", on: loop)
            let attached = try await ground.server.start("attach", id, on: loop)
            try await attached.output.read(within: Holdfast.patience, on: loop) { $0.contains("ready") }
            let page = try await ground.ask(.get, "terminals/\(id)", on: loop).body
            let pid = try #require(page.value(of: "pid").flatMap { pid_t($0) })
            kill(try #require(parent(of: pid)), SIGKILL)
            let end = try await attached.finish(on: loop)
            #expect(end.status != 0 && end.error.contains("The terminal's holder is gone"), "\(end)")
            try await ground.wait(for: #""exit":{"killed":"#, of: id, on: loop)
            try await ground.wait(for: #""reason":"failed""#, of: id, on: loop)
            // Who comes to one that is over takes nobody's place.
            let other = try await ground.server.bearer("other", on: loop)
            _ = try await ground.come(to: id, as: other, on: loop).hearTheEnd(on: loop)
            try await ground.wait(for: "other", at: "audit?event=terminal_attached", on: loop)
            let audit = try await ground.ask(.get, "audit?event=terminal_taken_over", on: loop).body
            #expect(!audit.contains(id), "\(audit)")
        }
    }

    @Test func aServerWithoutTerminalsEndsThoseThatItFinds() async throws {
        try await onLoop { loop in
            let folder = try TemporaryFolder()
            let file = folder.file("holdfast.yaml")
            let environment = ["HOLDFAST_CONFIG": file]
            try write("terminals:\n  allow_root: true\n", to: file)
            let first = try await RunningServer.start(in: folder, environment: environment, on: loop)
            let mark = "60\(getpid())3"
            let ground = TerminalServer(server: first, bearer: try await first.bearer("ci", on: loop))
            _ = try await ground.make("exec sleep \(mark)", on: loop)
            first.program.child.signal(SIGTERM)
            _ = await first.program.child.wait(until: loop.clock.now + Holdfast.patience, on: loop)
            await first.program.stop(on: loop)
            #expect(processCount(with: mark) == 1)
            try write("terminals:\n  enabled: false\n", to: file)
            let second = try await RunningServer.start(in: folder, environment: environment, on: loop)
            do {
                try await eventually("they are over") { processCount(with: mark) == 0 }
            } catch {
                await second.program.stop(on: loop)
                throw error
            }
            await second.program.stop(on: loop)
        }
    }
}
