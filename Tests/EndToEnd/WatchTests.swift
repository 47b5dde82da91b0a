import Glibc
import Loop
import TestKit
import Testing
import Wire

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
                #expect(
                    line.hasPrefix(#"{"type":"builds_update","seq":"#)
                        && line.contains("{\"n\":\(index + 1)}"))
            }
            let second = try #require(Self.seqs(in: watched.output).dropFirst().first)
            let rest = try await server.run(
                "watch", "builds", "--after", "\(second)", "--count", "1", on: loop)
            #expect(rest.output.contains(#"{"n":3}"#))
        }
    }

    @Test func aFeedThatIsNotThereIsOneSentence() async throws {
        try await withServer { server, _, loop in
            let run = try await server.run("watch", "nix", on: loop)
            #expect(
                run.error
                    == "holdfast: /api/v1/ws/feeds/nix: not_found, 4404: There is no feed nix yet; "
                    + "publish to it first, or come again when somebody has.\n")
        }
    }

    @Test func aWatchOutlivesItsServer() async throws {
        try await withServer { server, folder, loop in
            for number in 1...2 { try await Self.publish(number, to: server, on: loop) }
            let watch = try await server.start("watch", "builds", "--after", "0", on: loop)
            try await watch.output.read(within: Holdfast.patience, on: loop) { $0.contains(#"{"n":2}"#) }
            server.program.child.signal(SIGTERM)
            #expect(try await server.program.finish(on: loop).status == 0)
            try await watch.error.read(within: Holdfast.patience, on: loop) { $0.contains("Trying again") }
            #expect(watch.error.text.contains("server_shutdown, 1001"))
            // On another port: where it is, the folder says.
            let second = try await RunningServer.start(in: folder, on: loop)
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

    /// The numbers of the messages, in order.
    private static func seqs(in output: String) -> [UInt64] {
        output.split(separator: "\n").compactMap { line in
            line.firstRange(of: "\"seq\":").flatMap { UInt64(line[$0.upperBound...].prefix { $0.isNumber }) }
        }
    }

    /// Ends the server by a signal, behind a watch that sleeps, starts another in its place, where `numbers` are published, and
    /// wakes the watch: what it says in all.
    private static func restart(
        _ server: RunningServer, in folder: TemporaryFolder, under watch: Holdfast, by signal: CInt,
        publishing numbers: [Int], on loop: isolated EventLoop
    ) async throws -> String {
        watch.child.signal(SIGSTOP)
        server.program.child.signal(signal)
        _ = await server.program.child.wait(until: loop.clock.now + Holdfast.patience, on: loop)
        let address = String(server.url.dropFirst("http://".count))
        let second = try await RunningServer.start(in: folder, at: address, on: loop)
        do {
            for number in numbers { try await publish(number, to: second, on: loop) }
            watch.child.signal(SIGCONT)
            try await watch.output.read(within: Holdfast.patience, on: loop) {
                $0.contains("{\"n\":\(numbers.last ?? 0)}")
            }
            watch.child.signal(SIGINT)
            #expect(try await watch.finish(on: loop).status == 130)
        } catch {
            await watch.stop(on: loop)
            await second.program.stop(on: loop)
            throw error
        }
        await second.program.stop(on: loop)
        return watch.output.text
    }

    /// What was published of `output`, and what was told of the numbers.
    private static func gist(of output: String) -> [String] {
        output.split(separator: "\n").filter { !$0.hasPrefix(#"{"type":"end","#) }.map { line in
            if line.hasPrefix(#"{"type":"reset","#) { return "reset" }
            guard let data = line.firstRange(of: "{\"n\":") else { return String(line) }
            return String(line[data.upperBound...].prefix { $0.isNumber })
        }
    }

    @Test func nothingIsLostOverARestartHoweverFarTheNewFeedHasCome() async throws {
        try await withServer { server, folder, loop in
            for number in 1...2 { try await Self.publish(number, to: server, on: loop) }
            let watch = try await server.start("watch", "builds", "--after", "0", on: loop)
            try await watch.output.read(within: Holdfast.patience, on: loop) { $0.contains(#"{"n":2}"#) }
            // Past the number that the watch has, if numbers began anew.
            let output = try await Self.restart(
                server, in: folder, under: watch, by: SIGKILL, publishing: [11, 12, 13, 14], on: loop)
            #expect(Self.gist(of: output) == ["1", "2", "reset", "11", "12", "13", "14"])
            let seqs = Self.seqs(in: output)
            #expect(seqs.count == 6 && seqs == Set(seqs).sorted())
        }
    }

    @Test func aWatchThatHasHeardNothingYetLosesNothingEither() async throws {
        try await withServer { server, folder, loop in
            try await Self.publish(1, to: server, on: loop)
            let watch = try await server.start("watch", "builds", on: loop)
            let headers = try await server.bearer("eye", on: loop)
            while try await !server.ask(.get, "/api/v1/sessions?kind=websocket", headers: headers, on: loop)
                .body
                .contains(#""kind":"websocket""#)
            {
                await Task.yield()
            }
            let output = try await Self.restart(
                server, in: folder, under: watch, by: SIGTERM, publishing: [2, 3], on: loop)
            #expect(Self.gist(of: output) == ["reset", "2", "3"])
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
            #expect(
                run.error
                    == "holdfast: /api/v1/ws/feeds/nothing: not_found, 4404: There is no feed nothing yet; "
                    + "publish to it first, or come again when somebody has.\n")
        }
    }
}
