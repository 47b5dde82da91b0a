import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

/// Who may run what on a terminal, and what cannot be asked for.
@Suite struct TerminalPermissionTests {
    private static let templates = """
          templates:
            - {name: mine, for: [ "token:ann" ], command: /bin/cat, allow_root: true}
            - {name: fixed, command: /bin/cat, allow_root: true, env: {GREETING: hello}}
            - {name: asroot, command: /bin/cat}
            - {name: boxed, command: /bin/cat, allow_root: true, sandbox: bwrap, cwd: /tmp}
            - {name: admins, for: admin, allow_root: true}

        """

    @Test func eachTemplateIsForWhomItSays() async throws {
        try await withTerminals(Self.templates) { ground, loop in
            let (ann, bob) = (
                try await ground.server.bearer("ann", role: "operator", on: loop),
                try await ground.server.bearer("bob", role: "operator", on: loop)
            )
            let viewer = try await ground.server.bearer("eve", role: "viewer", on: loop)
            let wishes: [(String, HTTPHeaders, HTTPStatus)] = [
                (#"{"template":"mine"}"#, ann, .created), (#"{"template":"mine"}"#, bob, .forbidden),
                (#"{"template":"admins"}"#, bob, .forbidden), (#"{"template":"none"}"#, bob, .notFound),
                (#"{"template":"fixed"}"#, viewer, .forbidden),
                // A command of one's own, and what amounts to one.
                (#"{"command":"/bin/sh"}"#, bob, .forbidden),
                (#"{"template":"fixed","command":"/bin/sh"}"#, bob, .forbidden),
                (#"{"template":"fixed","env":{"LD_PRELOAD":"/x.so"}}"#, bob, .forbidden),
                (#"{"template":"fixed","cwd":"/"}"#, bob, .forbidden),
                (#"{"template":"boxed","cwd":"/"}"#, ground.bearer, .forbidden),
            ]
            for (wish, who, status) in wishes {
                #expect(
                    try await ground.ask(.post, "terminals", wish, as: who, on: loop).status == status,
                    "\(wish)")
            }
            let names = try await ground.server.ask(
                .get, "/api/v1/terminal-templates", headers: bob, on: loop
            ).body
            #expect(names.contains("fixed") && names.contains("shell"))
            #expect(!names.contains("mine") && !names.contains("admins"))

            // What others run by a template that is not for one is not there for one.
            let list = try await ground.ask(.get, "terminals", as: ann, on: loop).body
            let id = try #require(list.value(of: "id"))
            #expect(
                try await ground.ask(.get, "terminals", as: bob, on: loop).body
                    == #"{"terminals":[]}"#)
            for path in ["", "/share", "/input", "/signal", "/resize", "/extend"] {
                let (method, body): (HTTPMethod, String?) =
                    switch path {
                    case "": (.get, nil)
                    case "/input": (.post, #"{"text":"x"}"#)
                    case "/signal": (.post, #"{"signal":"INT"}"#)
                    case "/resize": (.post, #"{"cols":80,"rows":24}"#)
                    default: (.post, nil)
                    }
                let answer = try await ground.ask(method, "terminals/\(id)\(path)", body, as: bob, on: loop)
                #expect(answer.status == .notFound, "\(path)")
            }
            await #expect { _ = try await ground.come(to: id, as: bob, on: loop) } throws: {
                "\($0)".contains("404")
            }
            let visitor = try await ground.come(to: id, as: ann, on: loop)
            try await visitor.hear(remark: "attached", on: loop)
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can be refused to be root"))
    func nothingRunsAsRootUnlessThatIsSaid() async throws {
        try await withTerminals("  templates: [{name: asroot, command: /bin/cat}]\n") { ground, loop in
            let refused = try await ground.ask(.post, "terminals", #"{"template":"asroot"}"#, on: loop)
            #expect(refused.status == .forbidden && refused.body.contains("allow_root: true"))
        }
        try await withTerminals(settings: "") { ground, loop in
            for wish in [#"{"template":"shell"}"#, #"{"command":"/bin/sh"}"#] {
                let refused = try await ground.ask(.post, "terminals", wish, on: loop)
                #expect(refused.status == .forbidden && refused.body.contains("terminals.allow_root"))
                #expect(refused.body.contains("no Unix user \\\"token:ci\\\""))
            }
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can run something as somebody else"))
    func aTemplateRunsAsTheUserThatItNames() async throws {
        let more =
            "  templates: [{name: other, user: nobody, any_command: true}, {name: gone, user: nobodyatall}]\n"
        try await withTerminals(more) { ground, loop in
            let id = try await ground.make(
                "echo $(id -un) $USER $(id -G); exit", more: #","template":"other","cwd":"/""#, on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            _ = try await visitor.hearTheEnd(on: loop)
            #expect(visitor.text == "nobody nobody 65534\r\n")
            let gone = try await ground.ask(.post, "terminals", #"{"template":"gone"}"#, on: loop)
            #expect(gone.status == .serviceUnavailable && gone.body.contains("nobodyatall"))
        }
    }

    /// Without `user` in the template, and with no leave for anybody to be root.
    @Test(.enabled(if: getuid() == 0, "only root can run something as somebody else"))
    func anAccountRunsAsTheUnixUserOfItsName() async throws {
        let settings = "terminals:\n  survive_restart: off\n  templates: [{name: any, any_command: true}]\n"
        try await withTerminals(settings: settings) { ground, loop in
            for (account, name) in [("nobody", "nobody"), ("root", nil), ("anna-of-nowhere", nil)] {
                let who = try await ground.bearer(of: account, on: loop)
                let wish =
                    #"{"template":"any","command":"/bin/sh","args":["-c","echo $(id -un) $USER"],"cwd":"/"}"#
                let made = try await ground.ask(.post, "terminals", wish, as: who, on: loop)
                guard let name else {
                    #expect(made.status == .forbidden && made.body.contains("allow_root: true"))
                    #expect(made.body.contains("There is no Unix user") == (account != "root"), "\(made)")
                    continue
                }
                let visitor = try await ground.come(
                    to: try #require(made.body.value(of: "id")), as: who, on: loop)
                _ = try await visitor.hearTheEnd(on: loop)
                #expect(visitor.text == "\(name) \(name)\r\n")
            }
        }
    }

    @Test func whatCannotBeIsRefusedWithAReason() async throws {
        try await withTerminals { ground, loop in
            let long = String(repeating: "x", count: 300)
            let words = [String](repeating: "\"\(long)\"", count: 900).joined(separator: ",")
            let wishes: [(String, HTTPStatus, String)] = [
                (#"{"command":"/bin/echo","args":[\#(words)]}"#, .unprocessableContent, "too long together"),
                (#"{"colls":80}"#, .unprocessableContent, "colls"),
                (#"{"cols":0}"#, .unprocessableContent, "from 1 to 1000"),
                (#"{"rows":1001}"#, .unprocessableContent, "from 1 to 1000"),
                (#"{"cols":"80"}"#, .unprocessableContent, "cols"),
                (#"{"cols":1e30}"#, .unprocessableContent, "cols"),
                (#"{"args":["x"]}"#, .unprocessableContent, "args"),
                (#"{"command":""}"#, .unprocessableContent, "command"),
                (#"{"command":"a\u0000b"}"#, .unprocessableContent, "NUL"),
                (#"{"command":"/does/not/exist"}"#, .unprocessableContent, "could not be started"),
                (#"{"cwd":"relative"}"#, .unprocessableContent, "cwd"),
                (#"{"cwd":"/does/not/exist"}"#, .unprocessableContent, "could not be started"),
                (#"{"env":{"A=B":"x"}}"#, .unprocessableContent, "name of a variable"),
                (#"{"env":{"1A":"x"}}"#, .unprocessableContent, "name of a variable"),
                (#"{"env":["x"]}"#, .unprocessableContent, "env"),
                (#"{"title":"\#(long)"}"#, .unprocessableContent, "title"),
                (#"{"title":"a\u001bb"}"#, .unprocessableContent, "title"),
                (#"{"title":"a\u009bb"}"#, .unprocessableContent, "title"),
                (#"{"keep":1}"#, .unprocessableContent, "keep"), ("[]", .unprocessableContent, ""),
                ("{", .badRequest, ""),
            ]
            for (wish, status, words) in wishes {
                let answer = try await ground.ask(.post, "terminals", wish, on: loop)
                #expect(answer.status == status && answer.body.contains(words), "\(wish): \(answer)")
            }
            #expect(try await ground.ask(.get, "terminals", on: loop).body == #"{"terminals":[]}"#)

            let id = try await ground.make("read line", on: loop)
            let deeds: [(String, String, HTTPStatus)] = [
                ("resize", #"{"cols":80}"#, .unprocessableContent),
                ("resize", #"{"cols":80,"rows":0}"#, .unprocessableContent),
                ("signal", #"{"signal":"SEGV"}"#, .unprocessableContent),
                ("signal", "{}", .unprocessableContent),
                ("input", #"{"txt":"x"}"#, .unprocessableContent),
                ("share", #"{"expires_in":0}"#, .unprocessableContent),
                ("share", #"{"expires_in":99999999}"#, .unprocessableContent),
            ]
            for (deed, body, status) in deeds {
                let answer = try await ground.ask(.post, "terminals/\(id)/\(deed)", body, on: loop)
                #expect(answer.status == status, "\(deed) \(body): \(answer)")
            }
            for query in [
                "?after=-1", "?after=x", "?cols=80", "?cols=0&rows=1", "?read_only=2", "?control=all",
            ] {
                await #expect("\(query)") { _ = try await ground.come(to: id, query, on: loop) } throws: {
                    "\($0)".contains("400")
                }
            }
            for path in ["terminals/\(id)x", "terminals/bcdfghjkmn"] {
                #expect(try await ground.ask(.get, path, on: loop).status == .notFound)
            }
        }
    }

    @Test func switchedOffThereAreNone() async throws {
        try await withTerminals(settings: "terminals:\n  enabled: false\n") { ground, loop in
            let answer = try await ground.ask(.post, "terminals", on: loop)
            #expect(answer.status == .forbidden && answer.body.contains("terminals.enabled"))
        }
    }
}
