import Loop
import TestKit
import Testing
import Transport
import Wire

/// Who else may come to a terminal, and how long.
@Suite struct TerminalSharingTests {
    @Test func byALinkOneLooksAndDoesNothingElse() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("printf ready; read line; echo got $line; read line", on: loop)
            let made = try await ground.ask(.post, "terminals/\(id)/share", #"{"expires_in":600}"#, on: loop)
            #expect(made.status == .created)
            let url = try #require(made.body.value(of: "url"))
            let visitor = try await TerminalVisitor.come(to: url.unescaped, of: ground.server, on: loop)
            try await visitor.hear("ready", on: loop)
            #expect(visitor.remarks[0].contains(#""can_write":false"#))
            visitor.type("mine\r", on: loop)
            try await visitor.hear(remark: "may look at this terminal and not type", on: loop)
            visitor.say(#"{"type":"resize","cols":10,"rows":10}"#, on: loop)
            try await visitor.hear({ $0.remarks.count { $0.contains("not type") } == 2 }, on: loop)
            _ = try await ground.ask(.post, "terminals/\(id)/input", #"{"text":"yours\r"}"#, on: loop)
            try await visitor.hear("got yours\r\n", on: loop)
            #expect(!visitor.text.contains("mine"))
            try await ground.wait(for: #""viewers":1,"writers":0"#, of: id, on: loop)
            try await ground.wait(for: "by the link s_", at: "audit", on: loop)

            let share = try #require(made.body.value(of: "id"))
            let list = try await ground.ask(.get, "terminals/\(id)/shares", on: loop).body
            #expect(list.contains(share) && list.contains(#""viewers":1"#) && !list.contains("hf_"))
            #expect(
                try await ground.ask(.delete, "terminals/\(id)/shares/\(share)", on: loop).status
                    == .noContent)
            #expect(try await visitor.hearTheEnd(on: loop).code?.rawValue == 4002)
            try await expectRefused(url, ground, on: loop)
            #expect(
                try await ground.ask(.delete, "terminals/\(id)/shares/\(share)", on: loop).status == .notFound
            )
        }
    }

    @Test func aLinksTokenOpensNothingElse() async throws {
        try await withTerminals { ground, loop in
            let (id, other) = (
                try await ground.make("read line", on: loop), try await ground.make("read line", on: loop)
            )
            let made = try await ground.ask(.post, "terminals/\(id)/share", on: loop)
            let token = try #require(made.body.value(of: "token"))
            let bearer: HTTPHeaders = ["Authorization": "Bearer \(token)"]
            for path in ["terminals", "terminals/\(id)", "sessions", "feeds/routes"] {
                let answer = try await ground.server.ask(.get, "/api/v1/\(path)", headers: bearer, on: loop)
                #expect(answer.status == .unauthorized, "\(path)")
            }
            let url = try #require(made.body.value(of: "url"))
            try await expectRefused(url.replacing(id, with: other), ground, on: loop)
            await #expect(throws: (any Error).self) {
                _ = try await ground.come(to: id, as: bearer, on: loop)
            }
            #expect(!ground.server.program.error.text.contains(token))
        }
    }

    @Test func aLinkEndsAtItsTimeAndWithWhatMadeIt() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("read line", on: loop)
            let short = try await ground.ask(.post, "terminals/\(id)/share", #"{"expires_in":1}"#, on: loop)
            let url = try #require(short.body.value(of: "url"))
            let visitor = try await TerminalVisitor.come(to: url, of: ground.server, on: loop)
            #expect(try await visitor.hearTheEnd(on: loop).code?.rawValue == 4008)
            try await expectRefused(url, ground, on: loop)

            let long = try await ground.ask(.post, "terminals/\(id)/share", on: loop)
            let guest = try await TerminalVisitor.come(
                to: try #require(long.body.value(of: "url")), of: ground.server, on: loop)
            try await guest.hear(remark: "attached", on: loop)
            let tokens = try await ground.ask(.get, "tokens", on: loop).body
            let token = try #require(tokens.value(of: "id"))
            #expect(try await ground.ask(.delete, "tokens/\(token)", on: loop).status == .noContent)
            #expect(try await guest.hearTheEnd(on: loop).code?.rawValue == 4002)
        }
    }

    private func expectRefused(_ url: String, _ ground: TerminalServer, on loop: isolated EventLoop)
        async throws
    {
        do {
            let visitor = try await TerminalVisitor.come(to: url, of: ground.server, on: loop)
            visitor.abort(on: loop)
            Issue.record("the link opens something")
        } catch {
            #expect("\(error)".contains("401"), "\(error)")
        }
    }

    // MARK: Who types

    private static let templates = """
          templates:
            - {name: share, any_command: true, allow_root: true}
            - {name: replace, any_command: true, allow_root: true, takeover: replace}
            - {name: refuse, any_command: true, allow_root: true, takeover: refuse}
            - {name: latest, any_command: true, allow_root: true, sizing: latest}

        """

    @Test func whereOneReplacesTheOtherTheOlderHasToGo() async throws {
        try await withTerminals(Self.templates) { ground, loop in
            let id = try await ground.make(
                "printf ready; read line; echo got $line", more: #","template":"replace""#, on: loop)
            let first = try await ground.come(to: id, on: loop)
            try await first.hear("ready", on: loop)
            let viewer = try await ground.come(to: id, "?read_only=1", on: loop)
            let second = try await ground.come(to: id, on: loop)
            let end = try await first.hearTheEnd(on: loop)
            #expect(end.code?.rawValue == 4001 && end.reason.contains("Somebody else types"))
            second.type("more\r", on: loop)
            _ = try await second.hearTheEnd(on: loop)
            #expect(second.text.contains("got more"))
            #expect(try await viewer.hearTheEnd(on: loop).code == .normal)
            #expect(viewer.text.contains("got more"))
        }
    }

    @Test func whereOneIsEnoughTheOtherIsRefusedUnlessItTakesOver() async throws {
        try await withTerminals(Self.templates) { ground, loop in
            let id = try await ground.make(
                "printf ready; read line", more: #","template":"refuse""#, on: loop)
            let first = try await ground.come(to: id, on: loop)
            try await first.hear("ready", on: loop)
            await #expect { _ = try await ground.come(to: id, on: loop) } throws: { "\($0)".contains("409") }
            var page = ground.bearer
            page.append("Origin", ground.server.url)
            let refused = try await ground.come(to: id, as: page, on: loop)
            #expect(try await refused.hearTheEnd(on: loop).code?.rawValue == 4409)
            let second = try await ground.come(to: id, "?takeover=1", on: loop)
            #expect(try await first.hearTheEnd(on: loop).code?.rawValue == 4001)
            try await second.hear("ready", on: loop)
            try await ground.wait(for: id, at: "audit?event=terminal_taken_over", on: loop)
        }
    }

    @Test func manyMayTypeAndTheSmallestScreenDecides() async throws {
        try await withTerminals(Self.templates) { ground, loop in
            let id = try await ground.make(
                "printf ready; read a; read b; echo $a$b", more: #","template":"share""#, on: loop)
            let wide = try await ground.come(to: id, "?cols=150&rows=20", on: loop)
            try await wide.hear("ready", on: loop)
            let high = try await ground.come(to: id, "?cols=60&rows=90", on: loop)
            try await wide.hear(remark: #"{"cols":60,"rows":20}"#, on: loop)
            // One who looks makes it no smaller.
            let viewer = try await ground.come(to: id, "?read_only=1&cols=10&rows=10", on: loop)
            try await viewer.hear("ready", on: loop)
            try await ground.wait(for: #""cols":60"#, of: id, on: loop)
            high.type("x\r", on: loop)
            try await wide.hear("x\r\n", on: loop)
            high.abort(on: loop)
            try await wide.hear(remark: #"{"cols":150,"rows":20}"#, on: loop)
            wide.type("y\r", on: loop)
            _ = try await wide.hearTheEnd(on: loop)
            #expect(wide.text.contains("xy\r\n"))
        }
    }

    @Test func theScreenOfWhoTypedLastDecidesWhereThatIsSaid() async throws {
        try await withTerminals(Self.templates) { ground, loop in
            let id = try await ground.make(
                "printf ready; read line", more: #","template":"latest""#, on: loop)
            let one = try await ground.come(to: id, "?cols=150&rows=20", on: loop)
            try await one.hear("ready", on: loop)
            let other = try await ground.come(to: id, "?cols=60&rows=90", on: loop)
            try await one.hear(remark: #"{"cols":60,"rows":90}"#, on: loop)
            one.type("x", on: loop)
            try await other.hear(remark: #"{"cols":150,"rows":20}"#, on: loop)
        }
    }
}

extension String {
    fileprivate var unescaped: String { replacing("\\/", with: "/") }
}
