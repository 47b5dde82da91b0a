import Glibc
import Loop
import TestKit
import Testing
import Wire

@Suite struct OwnFeedTests {
    private static func value(
        of feed: String, on server: RunningServer, _ headers: HTTPHeaders, with part: String,
        on loop: isolated EventLoop
    ) async throws -> String {
        let deadline = loop.clock.now + Holdfast.patience
        var body = ""
        repeat {
            body = try await server.ask(.get, "/api/v1/feeds/\(feed)", headers: headers, on: loop).body
        } while !body.contains(part) && loop.clock.now < deadline
        return body
    }

    @Test func aWatchIsAddedChangedAndRemovedBySIGHUP() async throws {
        let first = "feeds: {watch: [{name: own, command: echo 1, every: 100ms}]}\n"
        try await withServer(configured: first) { server, folder, loop in
            let headers = try await server.bearer("reader", on: loop)
            let one = try await Self.value(of: "own", on: server, headers, with: #""data":1"#, on: loop)
            #expect(one.contains(#""type":"own_update""#) && one.contains(#""data":1"#))
            try write("{\"a\": [1]}", to: folder.file("a.json"))
            try write(
                """
                feeds:
                  watch:
                    - {name: own, command: echo 2, every: 100ms}
                    - {name: file, file: \(folder.file("a.json")), every: 100ms}
                """, to: folder.file("holdfast.yaml"))
            server.program.child.signal(SIGHUP)
            let two = try await Self.value(of: "own", on: server, headers, with: #""data":2"#, on: loop)
            #expect(two.contains(#""data":2"#), "\(two)")
            let file = try await Self.value(of: "file", on: server, headers, with: "[1]", on: loop)
            #expect(file.contains(#""data":{"a":[1]}"#), "\(file)")
            try write("feeds: {}\n", to: folder.file("holdfast.yaml"))
            server.program.child.signal(SIGHUP)
            let gone = try await Self.value(of: "own", on: server, headers, with: "404", on: loop)
            #expect(gone.contains(#""status":404"#), "\(gone)")
        }
    }

    @Test func aKeptFeedOutlivesItsServerAndIsHonestAboutItsNumbers() async throws {
        try await withServer { server, folder, loop in
            let headers = try await server.bearer("ci", on: loop)
            let path = "/api/v1/feeds/log?window=recent&keep=true"
            var numbers: [UInt64] = []
            for text in ["1", "2"] {
                let said = try await server.ask(.post, path, headers: headers, body: text, on: loop).body
                numbers.append(try #require(Self.seq(said)))
            }
            // Ended in order: numbers go on, and who resumes misses nothing.
            server.program.child.signal(SIGTERM)
            #expect(try await server.program.finish(on: loop).status == 0)
            let second = try await RunningServer.start(in: folder, on: loop)
            do {
                let rest = try await second.ask(
                    .get, "/api/v1/feeds/log?after=\(numbers[0])", headers: headers, on: loop
                ).body
                #expect(rest.contains(#""data":2"#) && !rest.contains("reset"), "\(rest)")
                let said = try await second.ask(.post, path, headers: headers, body: "3", on: loop).body
                #expect(Self.seq(said) == numbers[1] + 1)
                numbers.append(try #require(Self.seq(said)))
            } catch {
                await second.program.stop(on: loop)
                throw error
            }
            // Killed: what was kept is there, under numbers that nobody has seen.
            second.program.child.signal(SIGKILL)
            await second.program.stop(on: loop)
            let third = try await RunningServer.start(in: folder, on: loop)
            do {
                let all = try await third.ask(
                    .get, "/api/v1/feeds/log?after=\(numbers[2])", headers: headers, on: loop
                ).body
                #expect(all.contains(#""data":1"#) && all.contains(#""data":2"#), "\(all)")
                #expect(all.contains(#""reset":{"from":"#) && !all.contains("\(numbers[1])"), "\(all)")
            } catch {
                await third.program.stop(on: loop)
                throw error
            }
            await third.program.stop(on: loop)
        }
    }

    private static func seq(_ body: String) -> UInt64? {
        UInt64(body.drop { !$0.isNumber }.prefix { $0.isNumber })
    }
}
