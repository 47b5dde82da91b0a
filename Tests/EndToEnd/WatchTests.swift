import Glibc
import Loop
import TestKit
import Testing

@Suite struct WatchTests {
    private static func publish(
        _ number: Int, to server: RunningServer, on loop: isolated EventLoop
    ) async throws {
        let run = try await server.run(
            "feeds", "publish", "builds", "{\n\"n\": \(number)}", "--window", "recent", on: loop)
        #expect(run.status == 0, "\(run.error)")
    }

    @Test func whatIsPublishedIsWatchedOneMessageALine() async throws {
        try await withServer { server, _, loop in
            for number in 1...3 { try await Self.publish(number, to: server, on: loop) }
            let watched = try await server.run("watch", "builds", "--after", "0", "--count", "3", on: loop)
            #expect(watched.status == 0)
            #expect(watched.error == "")
            let lines = watched.output.split(separator: "\n")
            #expect(lines.count == 3)
            for (index, line) in lines.enumerated() {
                #expect(line.hasPrefix(#"{"type":"builds_update","seq":\#(index + 1),"#))
            }
            let rest = try await server.run("watch", "builds", "--after", "2", "--count", "1", on: loop)
            #expect(rest.output.contains(#""seq":3,"#))
        }
    }

    @Test func aWatchOutlivesItsServer() async throws {
        try await withServer { server, folder, loop in
            for number in 1...2 { try await Self.publish(number, to: server, on: loop) }
            let watch = try await server.start("watch", "builds", "--after", "0", on: loop)
            try await watch.output.read(within: Holdfast.patience, on: loop) { $0.contains("\"seq\":2,") }
            server.program.child.signal(SIGTERM)
            #expect(try await server.program.finish(on: loop).status == 0)
            try await watch.error.read(within: Holdfast.patience, on: loop) { $0.contains("Trying again") }
            #expect(watch.error.text.contains("server_shutdown, 1001"))
            let address = String(server.url.dropFirst("http://".count))
            let second = try await RunningServer.start(in: folder, at: address, on: loop)
            do {
                try await Self.publish(7, to: second, on: loop)
                try await watch.output.read(within: Holdfast.patience, on: loop) { $0.contains("7}") }
                watch.child.signal(SIGINT)
                #expect(try await watch.finish(on: loop).status == 130)
                #expect(watch.error.text.contains("Connected again."))
            } catch {
                await second.program.stop(on: loop)
                throw error
            }
            await second.program.stop(on: loop)
        }
    }

    @Test func aWatchLeavesNoTokenBehind() async throws {
        try await withServer { server, folder, loop in
            let watched = try await server.run("watch", "system-status", "--count", "1", on: loop)
            #expect(watched.output.hasPrefix(#"{"type":"system_status_update","#))
            let tokens = try await Holdfast.start(
                ["token", "list", "--json", "--data", server.data], in: folder, on: loop
            ).finish(on: loop)
            #expect(tokens.output.filter { !$0.isWhitespace } == "[]")
        }
    }

    @Test func aRevokedTokenEndsTheWatchForGood() async throws {
        try await withServer { server, folder, loop in
            let made = try await Holdfast.start(
                ["token", "create", "ci", "--data", server.data], in: folder, on: loop
            ).finish(on: loop)
            let watch = try await Holdfast.start(
                ["watch", "system-status", "--url", server.url, "--token", String(made.output.dropLast())],
                in: folder, on: loop)
            try await watch.output.read(within: Holdfast.patience, on: loop) { $0.contains("\n") }
            let revoked = try await Holdfast.start(
                ["token", "revoke", "ci", "--data", server.data], in: folder, on: loop
            ).finish(on: loop)
            #expect(revoked.status == 0)
            let end = try await watch.finish(on: loop)
            #expect(end.status == 77)
            #expect(end.error.contains("signed_out, 4002"))
        }
    }

    @Test func aFeedThatIsNotThereIsAFinalEnding() async throws {
        try await withServer { server, _, loop in
            let run = try await server.run("watch", "nothing", on: loop)
            #expect(run.status == 69)
            #expect(run.error.contains("not_found, 4404"))
        }
    }
}
