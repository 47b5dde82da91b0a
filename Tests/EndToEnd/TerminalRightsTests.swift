import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

/// What becomes of terminals, and of ways to them, when somebody's rights change; and what those who come by requests
/// alone leave in the audit trail.
@Suite struct TerminalRightsTests {
    @Test func aLinkIsWorthWhatItsMakerMay() async throws {
        try await withTerminals { ground, loop in
            let ben = try await ground.bearer(of: "ben", on: loop)
            let id = try await ground.make("read line", more: #","template":"shell""#, on: loop)
            let url = try await ground.share(id, as: ben, on: loop)
            let viewer = try await TerminalVisitor.come(to: url, of: ground.server, on: loop)
            try await viewer.hear(remark: "attached", on: loop)
            let lowered = try await ground.ask(.patch, "accounts/ben", #"{"role":"viewer"}"#, on: loop)
            #expect(lowered.status.code < 300, "\(lowered)")
            #expect(try await viewer.hearTheEnd(on: loop).code?.rawValue == 4002)
            await #expect {
                _ = try await TerminalVisitor.come(to: url, of: ground.server, on: loop)
            } throws: { "\($0)".contains("401") }
        }
    }

    @Test func aLinkEndsWhenItsTemplateIsNoLongerForItsMaker() async throws {
        @Sendable func settings(for accounts: String) -> String {
            TerminalServer.settings
                + "  templates: [{name: team, for: [\(accounts)], any_command: true, allow_root: true}]\n"
        }
        try await withTerminals(settings: settings(for: #""token:ann", "token:ben""#)) { ground, loop in
            let id = try await ground.make("read line", more: #","template":"team""#, on: loop)
            var urls: [String] = []
            for name in ["ann", "ben"] {
                let who = try await ground.server.bearer(name, role: "operator", on: loop)
                urls.append(try await ground.share(id, as: who, on: loop))
            }
            let (gone, stays) = (
                try await TerminalVisitor.come(to: urls[0], of: ground.server, on: loop),
                try await TerminalVisitor.come(to: urls[1], of: ground.server, on: loop)
            )
            for viewer in [gone, stays] { try await viewer.hear(remark: "attached", on: loop) }
            let file = ground.server.folder.file("holdfast.yaml")
            try write(settings(for: #""token:ben""#), to: file)
            ground.server.program.child.signal(SIGHUP)
            #expect(try await gone.hearTheEnd(on: loop).code?.rawValue == 4002)
            let again = try await TerminalVisitor.come(to: urls[1], of: ground.server, on: loop)
            try await again.hear(remark: "attached", on: loop)
            #expect(stays.closure == nil)
            #expect(
                try await ground.ask(.get, "terminals/\(id)/shares", on: loop).body.count(of: #""id":"s_"#)
                    == 1)
        }
    }

    @Test func aLinkGoesWithItsTerminal() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("read line; printf last", on: loop)
            let url = try await ground.share(id, on: loop)
            let viewer = try await TerminalVisitor.come(to: url, of: ground.server, on: loop)
            try await viewer.hear(remark: "attached", on: loop)
            #expect(
                try await ground.ask(.post, "terminals/\(id)/input", #"{"text":"\r"}"#, on: loop).status
                    == .noContent)
            #expect(try await viewer.hearTheEnd(on: loop).code == .normal)
            #expect(viewer.text.hasSuffix("last"))
            try await ground.wait(for: #""state":"ended""#, of: id, on: loop)
            #expect(
                try await ground.ask(.get, "terminals/\(id)/shares", on: loop).body == #"{"shares":[]}"#)
        }
    }

    @Test func whoTypesByRequestsIsInTheTrailOnce() async throws {
        try await withTerminals { ground, loop in
            let id = try await ground.make("while read line; do echo got $line; done", on: loop)
            let ben = try await ground.bearer(of: "ben", role: "admin", on: loop)
            for word in ["one", "two", "three"] {
                let typed = try await ground.ask(
                    .post, "terminals/\(id)/input", #"{"text":"\#(word)\r"}"#, as: ben, on: loop)
                #expect(typed.status == .noContent)
            }
            _ = try await ground.ask(.post, "terminals/\(id)/resize", #"{"cols":90,"rows":30}"#, on: loop)
            let trail = "audit?event=terminal_used"
            try await ground.wait(for: "token:ci", at: trail, on: loop)
            let page = try await ground.ask(.get, trail, on: loop).body
            #expect(page.count(of: #""account":"ben""#) == 1 && page.count(of: id) == 2, "\(page)")
            #expect(page.contains("127.0.0.1"))
        }
    }

    @Test(arguments: ["refuse", "replace"])
    func whereOneTypesNobodyElseDoesByRequests(_ takeover: String) async throws {
        let template = "{name: one, any_command: true, allow_root: true, takeover: \(takeover)}"
        try await withTerminals("  templates: [\(template)]\n") { ground, loop in
            let id = try await ground.make(
                "printf ready; read line; echo got $line", more: #","template":"one""#, on: loop)
            let viewer = try await ground.come(to: id, "?read_only=1", on: loop)
            let writer = try await ground.come(to: id, on: loop)
            try await writer.hear("ready", on: loop)
            for (deed, body) in [
                ("input", #"{"text":"theirs\r"}"#), ("signal", #"{"signal":"KILL"}"#),
                ("resize", #"{"cols":90,"rows":30}"#), ("extend", nil),
            ] {
                let answer = try await ground.ask(.post, "terminals/\(id)/\(deed)", body, on: loop)
                #expect(answer.status == .conflict && answer.body.contains("Somebody types"), "\(deed)")
            }
            writer.abort(on: loop)
            try await ground.wait(for: #""writers":0"#, of: id, on: loop)
            let typed = try await ground.ask(
                .post, "terminals/\(id)/input", #"{"text":"mine\r"}"#, on: loop)
            #expect(typed.status == .noContent)
            _ = try await viewer.hearTheEnd(on: loop)
            #expect(viewer.text.hasSuffix("got mine\r\n"))
        }
    }

    /// By a request, and by the command line beside the server; those of a token in its own name have no account.
    @Test func withAnAccountItsTerminalsEnd() async throws {
        try await withTerminals { ground, loop in
            var terminals: [String] = []
            for name in ["ann", "ben"] {
                let who = try await ground.bearer(of: name, role: "admin", on: loop)
                let wish = #"{"command":"/bin/cat","keep":true}"#
                let made = try await ground.ask(.post, "terminals", wish, as: who, on: loop)
                terminals.append(try #require(made.body.value(of: "id")))
            }
            let other = try await ground.make("read line", more: #","keep":true"#, on: loop)
            #expect(try await ground.ask(.delete, "accounts/ann", on: loop).status == .noContent)
            try await ground.wait(for: "was removed", of: terminals[0], on: loop)
            try await ground.wait(for: #""state":"running""#, of: terminals[1], on: loop)
            #expect(try await ground.server.run("user", "remove", "ben", on: loop).status == 0)
            try await ground.wait(for: "was removed", of: terminals[1], on: loop)
            try await ground.wait(for: #""state":"running""#, of: other, on: loop)
        }
    }
}

extension TerminalServer {
    fileprivate func share(
        _ id: String, as headers: HTTPHeaders? = nil, on loop: isolated EventLoop
    ) async throws -> String {
        let made = try await ask(.post, "terminals/\(id)/share", as: headers, on: loop)
        guard made.status == .created, let url = made.body.value(of: "url") else {
            throw TestFailure("no link was made: \(made)")
        }
        return url.replacing("\\/", with: "/")
    }
}
