import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite struct ServingTests {
    @Test func aServerSaysThatItIsReadyAndIsHealthy() async throws {
        try await withServer { server, _, loop in
            let client = HTTPClient()
            defer { client.close(on: loop) }
            let (head, _) = try await client.fetch(
                ClientRequest(.get, try URLAddress(server.url + "/healthz")),
                until: loop.clock.now + Holdfast.patience, on: loop)
            #expect(head.status == .ok)
        }
    }

    @Test func aHandlerThatTakesTooLongIsAnsweredFor() async throws {
        // A password takes longer than that to look at, on purpose.
        try await withServer(configured: "deadlines:\n  request: 10ms\n") { server, _, loop in
            let asked = try await server.ask(
                .post, "/api/v1/sign-in", headers: ["Content-Type": "application/json"],
                body: #"{"name":"admin","password":"no such password"}"#, on: loop)
            #expect(asked.status == .serviceUnavailable)
            #expect(asked.body.contains("took too long"))
        }
    }

    @Test func aSignInLinkLeadsToAPageThatPeopleCanRead() async throws {
        try await withServer { server, _, loop in
            let link = try await server.run("login-link", on: loop)
            #expect(link.output.hasPrefix("\(server.url)/sign-in?token="))
            let client = HTTPClient()
            defer { client.close(on: loop) }
            let deadline = loop.clock.now + Holdfast.patience
            let (signedIn, _) = try await client.fetch(
                ClientRequest(.get, try URLAddress(String(link.output.dropLast()))), until: deadline, on: loop
            )
            #expect(signedIn.status == .seeOther)
            let home = server.url + (signedIn.headers["Location"] ?? "")
            let (page, body) = try await client.fetch(
                ClientRequest(.get, try URLAddress(home)), until: deadline, on: loop)
            #expect(page.status == .ok)
            #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
            #expect(String(decoding: body, as: UTF8.self).contains("<title>Holdfast</title>"))
            let known: HTTPHeaders = ["If-None-Match": page.headers["ETag"] ?? ""]
            let (again, _) = try await client.fetch(
                ClientRequest(.get, try URLAddress(home), headers: known), until: deadline, on: loop)
            #expect(again.status == .notModified)
            let (small, _) = try await client.fetch(
                ClientRequest(.get, try URLAddress(home), headers: ["Accept-Encoding": "gzip"]),
                until: deadline,
                on: loop)
            #expect(small.headers["Content-Encoding"] == "gzip")
        }
    }

    @Test func aServerThatIsToldToStopEndsWellAndHasSaidOneLine() async throws {
        try await withServer { server, _, loop in
            server.program.child.signal(SIGTERM)
            let end = try await server.program.finish(on: loop)
            #expect(end.status == 0)
            #expect(end.output == "ready \(server.url)\n")
        }
    }

    @Test func aServerThatOthersCouldReachDoesNotStartWithoutAnAccount() async throws {
        let folder = try TemporaryFolder()
        let refused = try await Holdfast.run(
            "serve", "--data", folder.file("data"), "--listen", "0.0.0.0:0",
            in: folder, environment: ["HOLDFAST_INSECURE_ALLOW_REMOTE_WITHOUT_TLS": "true"])
        #expect(refused.status == 78 && refused.output == "")
        #expect(refused.error.contains("Other machines could reach 0.0.0.0:0, and there is no account yet."))
        #expect(!refused.error.contains("503"))
    }

    @Test func aTokenMadeBesideTheServerIsGoodAtOnce() async throws {
        try await withServer { server, folder, loop in
            let made = try await Holdfast.start(
                ["token", "create", "ci", "--role", "admin", "--data", server.data], in: folder, on: loop
            ).finish(on: loop)
            let list = try await Holdfast.start(
                ["sessions", "--url", server.url], in: folder,
                environment: ["HOLDFAST_TOKEN": String(made.output.dropLast())], on: loop
            ).finish(on: loop)
            #expect(list.status == 0)
            #expect(list.output.hasPrefix("ID "))
            let wrong = try await Holdfast.start(
                ["sessions", "--url", server.url, "--token", "hf_wrong"], in: folder, on: loop
            ).finish(on: loop)
            #expect(wrong.status == 77)
        }
    }
}
