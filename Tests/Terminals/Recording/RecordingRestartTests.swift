import Glibc
import Loop
import Terminals
import TestKit
import Testing

/// A recording over restarts of the server.
@Suite(.serialized) struct RecordingRestartTests {
    /// Runs a script under one server and then under another, and reads what was recorded.
    ///
    /// - Parameters:
    ///   - words: what is heard before the first server ends.
    ///   - meanwhile: between the two, with the recording's file.
    private func record(
        _ script: String, until words: String, in folder: TemporaryFolder, window: Int = 1 << 20,
        meanwhile: (_ path: String) async throws -> Void
    ) async throws -> Recording {
        var id: TerminalID?
        for life in 0..<2 {
            try await TerminalGround.run(folder) {
                ($0.outlive, $0.windowBytes) = (.seconds(30), window)
            } _: { ground in
                if life == 0 {
                    id = try await ground.begin("/bin/sh", ["-c", script]) { $0.isRecorded = true }.record.id
                    try await ground.listener(id!, after: 0).hears(words)
                } else {
                    _ = try await ground.listen(to: id!)
                }
            }
            if life == 0 { try await meanwhile(folder.file("\(id!).cast")) }
        }
        return try Recording(of: id!, in: folder)
    }

    private func wait(for path: String) -> String { "while ! test -e \(path); do sleep 0.01; done" }

    @Test func aLongWindowIsNotRecordedTwice() async throws {
        let folder = try TemporaryFolder()
        let go = folder.file("go")
        let recording = try await record(
            "seq 1 60000; \(wait(for: go)); echo over", until: "60000\r\n", in: folder
        ) { _ in try touch(go) }
        #expect(recording.output == (1...60000).map { "\($0)\r\n" }.joined() + "over\r\n")
        #expect(recording.remarks.isEmpty)
    }

    /// A server that is killed leaves the file anywhere: behind a write, within one, with nothing in it.
    @Test(arguments: 0..<8)
    func whereverTheFileWasCutTheRecordingGoesOnAtTheVeryByte(_ round: Int) async throws {
        let folder = try TemporaryFolder()
        let go = folder.file("go")
        // Each pause makes a write of its own, and the last character is cut by the restart.
        let pieces = (0..<4).map { "seq -f 'größer €%g' \($0 * 200) \($0 * 200 + 199); sleep 0.12; " }
            .joined()
        let script = pieces + #"printf 'half \303'; "# + wait(for: go) + #"; printf '\244 over\n'"#
        let recording = try await record(script, until: "half ", in: folder) { path in
            let bytes = try Recording.bytes(of: path)
            #expect(bytes.count > 10_000)
            var random = SeededRandom(seed: UInt64(round))
            let size =
                switch round {
                case 0: 0
                case 1: 10
                case 2: bytes.count - 1
                default: Int.random(in: 0...bytes.count, using: &random)
                }
            #expect(unsafe truncate(path, off_t(size)) == 0)
            try touch(go)
        }
        #expect(recording.output == (0..<800).map { "größer €\($0)\r\n" }.joined() + "half ä over\r\n")
        #expect(recording.remarks.isEmpty)
        #expect(recording.times == recording.times.sorted())
    }

    @Test func whatTheWindowHasLostMeanwhileIsToldOf() async throws {
        let folder = try TemporaryFolder()
        let (go, done) = (folder.file("go"), folder.file("done"))
        let recording = try await record(
            "echo before; \(wait(for: go)); seq 1 60000; touch \(done); \(wait(for: done + "2"))",
            until: "before\r\n", in: folder, window: 64 << 10
        ) { _ in
            try touch(go)
            try await eventually("it has said all") { unsafe access(done, F_OK) == 0 }
            try touch(done + "2")
        }
        let said = "before\r\n" + (1...60000).map { "\($0)\r\n" }.joined()
        let missing = said.utf8.count - recording.output.utf8.count
        #expect(missing > 0)
        #expect(recording.remarks == ["\(missing) bytes of output are missing, from byte 8 on"])
        #expect(
            recording.output == "before\r\n"
                + String(decoding: said.utf8.dropFirst(8 + missing), as: UTF8.self))
    }
}
