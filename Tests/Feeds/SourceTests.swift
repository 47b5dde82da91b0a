import Glibc
import Loop
import Sessions
import TestKit
import Testing

@testable import Feeds

@Suite(.timeLimit(.minutes(2))) struct SourceTests {
    private func withLoop(_ body: @Sendable (isolated EventLoop) async throws -> Void) async throws {
        let group = try LoopGroup(count: 1)
        do { try await Self.run(body, on: group.loops[0]) } catch { Issue.record(error) }
        await group.stop()
    }

    private static func run(
        _ body: @Sendable (isolated EventLoop) async throws -> Void, on loop: isolated EventLoop
    ) async throws {
        try await body(loop)
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw TestFailure("\(path) cannot be written") }
        unsafe fputs(text, file)
        unsafe fclose(file)
    }

    private static func text(_ value: SourceValue?) throws -> String? {
        try value.map { String(decoding: try $0.minified(), as: UTF8.self) }
    }

    private static let name = FeedName("own")!

    @Test(arguments: [
        ("{ \"n\": 1 }\n", #"{"n":1}"#), ("42", "42"), ("up 3 days\n", #""up 3 days""#),
        ("two\nlines\r\n", #""two\nlines""#), ("", #""""#), ("NaN", #""NaN""#),
    ])
    func whatIsNoJSONIsText(_ said: String, _ value: String) throws {
        #expect(try Self.text(.any(Array(said.utf8))) == value)
    }

    @Test func whatIsNoUTF8IsReplaced() throws {
        #expect(try Self.text(.any([0x61, 0xFF, 0x62])) == "\"a\u{FFFD}b\"")
    }

    @Test func aFileIsReadAgainOnlyWhenItChanged() async throws {
        try await withLoop { loop in
            let folder = try TemporaryFolder()
            let path = folder.file("a.json")
            let pool = try Offload(name: "files", threads: 1, capacity: 4)
            defer { pool.stop() }
            let source = FileSource(path, limit: 10).source(in: pool)
            func look() async throws -> String? {
                try Self.text(try await source.look(until: loop.now + .seconds(10), on: loop))
            }
            await #expect(throws: SourceError.self) { _ = try await look() }
            try Self.write("[1]", to: path)
            #expect(try await look() == "[1]")
            // A moment ago: it may have changed within the same tick of the clock.
            #expect(try await look() == "[1]")
            var old = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
            unsafe utimensat(AT_FDCWD, path, &old, 0)
            #expect(try await look() == "[1]")
            #expect(try await look() == nil)
            try Self.write("[2]", to: path)
            #expect(try await look() == "[2]")
            try Self.write("[1,2,3,4,5]", to: path)
            let error = await #expect(throws: SourceError.self) { _ = try await look() }
            #expect(error?.description == "\(path) has more than 10 bytes")
            unsafe unlink(path)
            unsafe mkfifo(path, 0o600)
            let other = await #expect(throws: SourceError.self) { _ = try await look() }
            #expect(other?.description == "\(path) is no regular file")
        }
    }

    @Test func aCommandsOutputIsTheValue() async throws {
        try await withLoop { loop in
            func look(_ words: String...) async throws -> String? {
                let source = CommandSource(words, limit: 100, for: Self.name)
                return try Self.text(try await source.look(until: loop.now + .seconds(20), on: loop))
            }
            try await #expect(look("/bin/sh", "-c", "echo '{\"a\": 1}'; echo noise >&2") == #"{"a":1}"#)
            try await #expect(look("echo", "$HOME") == #""$HOME""#)
            try await #expect(look("/bin/sh", "-c", "echo $HOLDFAST_FEED") == #""own""#)
            for (script, said) in [
                ("echo first >&2; echo second >&2; exit 3", "it exited with 3: first"),
                ("kill -9 $$", "it was ended by signal 9"),
                ("yes", "it printed more than 100 bytes and was stopped"),
            ] {
                let error = await #expect(throws: SourceError.self) {
                    _ = try await look("/bin/sh", "-c", script)
                }
                #expect(error?.description == said)
            }
            let error = await #expect(throws: SourceError.self) { _ = try await look("/nowhere") }
            #expect(error?.description.hasPrefix("/nowhere cannot be started: ") == true)
        }
    }

    @Test func aCommandThatIsLateIsStoppedWithAllThatItStarted() async throws {
        try await withLoop { loop in
            let folder = try TemporaryFolder()
            let pids = folder.file("pids")
            let script =
                "sleep 600 & echo $! > \(pids); setsid sleep 600 & echo $! >> \(pids); echo $$ >> \(pids); wait"
            let source = CommandSource(["/bin/sh", "-c", script], limit: 100, for: Self.name)
            let before = loop.holdings
            let error = await #expect(throws: SourceError.self) {
                _ = try await source.look(until: loop.now + .seconds(1), on: loop)
            }
            #expect(error?.description == "it was not done in time and was stopped")
            let started = try Self.numbers(in: pids)
            #expect(started.count == 3)
            for pid in started { #expect(kill(pid, 0) == -1 && errno == ESRCH) }
            #expect(loop.holdings == before)
        }
    }

    @Test func whatACommandLeavesBehindIsEndedAndNotWaitedFor() async throws {
        try await withLoop { loop in
            let folder = try TemporaryFolder()
            let pids = folder.file("pids")
            let script = "sleep 600 & echo $! > \(pids); echo done"
            let source = CommandSource(["/bin/sh", "-c", script], limit: 100, for: Self.name)
            let value = try await source.look(until: loop.now + .seconds(300), on: loop)
            #expect(try Self.text(value) == #""done""#)
            for pid in try Self.numbers(in: pids) { #expect(kill(pid, 0) == -1 && errno == ESRCH) }
        }
    }

    private static func numbers(in path: String) throws -> [pid_t] {
        guard let file = unsafe fopen(path, "r") else { throw TestFailure("\(path) cannot be read") }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = unsafe fread(&bytes, 1, 100, file)
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").compactMap {
            pid_t($0)
        }
    }

    @Test func aWatcherThatFailsLooksLessAndLess() {
        var rhythm = WatchRhythm(every: .seconds(2), timeout: .seconds(1))
        var pauses: [Duration] = []
        for _ in 0..<7 {
            rhythm.note(success: false)
            pauses.append(rhythm.pause)
        }
        #expect(pauses == [4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        rhythm.note(success: true)
        #expect(rhythm.pause == .seconds(2))
        var quick = WatchRhythm(every: .milliseconds(100), timeout: .seconds(1))
        var slow = WatchRhythm(every: .seconds(300), timeout: .seconds(1))
        for _ in 0..<100 {
            quick.note(success: false)
            slow.note(success: false)
        }
        #expect((quick.pause, slow.pause) == (.seconds(3), .seconds(300)))
    }
}
