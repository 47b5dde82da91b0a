import Glibc
import Loop
import TestKit
import Testing

@Suite struct PlayTests {
    private static let recording = """
        {"version": 2, "width": 80, "height": 24}
        [0.1, "o", "first\\r\\n"]
        [0.2, "i", "typed"]
        [0.2, "p", "7"]
        [5000.0, "o", "\\u001b[?25lsecond\\r\\n"]
        [5001.0, "o", "cut
        """

    private static func withRecording(
        _ body: @Sendable (TemporaryFolder, isolated EventLoop) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try write(recording, to: folder.file("cast"))
        try await onLoop { loop in try await body(folder, loop) }
    }

    @Test func withoutATerminalAllIsPrintedAtOnce() async throws {
        try await Self.withRecording { folder, loop in
            let end = try await Holdfast.start(["play", "cast"], in: folder, on: loop).finish(on: loop)
            #expect(end.status == 0)
            #expect(end.output == "first\r\n\u{1B}[?25lsecond\r\n")
        }
    }

    @Test func onATerminalPausesAreWaitedForAndQEnds() async throws {
        try await Self.withRecording { folder, loop in
            let run = try await Holdfast.start(onTerminal: ["play", "cast"], in: folder, on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("first") }
            #expect(run.output.isRaw)
            run.output.type("q")
            let end = try await run.finish(on: loop)
            #expect(end.status == 0)
            #expect(!end.output.contains("second"))
        }
    }

    @Test func longPausesCanBeMadeShort() async throws {
        try await Self.withRecording { folder, loop in
            let words = ["play", "cast", "--idle-limit", "20ms", "--speed", "2"]
            let end = try await Holdfast.start(onTerminal: words, in: folder, on: loop).finish(on: loop)
            #expect(end.status == 0)
            #expect(end.output.hasSuffix("second\r\n\u{1B}[?25h"))
        }
    }

    @Test func whatIsNoRecordingIsNamed() async throws {
        try await Self.withRecording { folder, loop in
            try write("{\"version\": 1}\n", to: folder.file("old"))
            let old = try await Holdfast.start(["play", "old"], in: folder, on: loop).finish(on: loop)
            #expect(old.status == 65)
            #expect(old.error == "holdfast: old, line 1: only version 2 of asciicast is read here\n")
            let none = try await Holdfast.start(["play", "none"], in: folder, on: loop).finish(on: loop)
            #expect(none.status == 66)
        }
    }
}
