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

    @Test func aServerThatIsToldToStopEndsWellAndHasSaidOneLine() async throws {
        try await withServer { server, _, loop in
            server.program.child.signal(SIGTERM)
            let end = try await server.program.finish(on: loop)
            #expect(end.status == 0)
            #expect(end.output == "ready \(server.url)\n")
        }
    }

    @Test func aSecondServerOnTheFolderIsRefusedAndToldOfTheFirst() async throws {
        try await withServer { server, folder, loop in
            let words = ["serve", "--data", server.data, "--listen", "127.0.0.1:0"]
            let second = try await Holdfast.start(words, in: folder, on: loop).finish(on: loop)
            #expect(second.status != 0)
            #expect(second.output == "")
            #expect(second.error.contains("\(server.program.child.pid)"))
        }
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
