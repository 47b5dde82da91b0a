import Glibc
import Loop
import Sessions
import Terminals
import TestKit
import Testing

/// What a terminal said, in a file that plays.
@Suite(.serialized) struct TerminalRecordingTests {
    @Test func allThatIsSaidIsRecordedAlsoOverARestart() async throws {
        let folder = try TemporaryFolder()
        let script = "for i in $(seq 1 100); do echo line $i; sleep 0.005; done"
        var id: TerminalID?
        for life in 0..<2 {
            try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) { ground in
                if life == 0 {
                    id = try await ground.begin("/bin/sh", ["-c", script]) { $0.isRecorded = true }.record.id
                }
                let reader = try await ground.listener(id!, after: 0)
                if life == 0 { try await reader.hears("line 50\r\n") } else { _ = try await reader.rest() }
            }
        }
        let events = try recording(folder.file("\(id!).cast"))
        #expect(events.output == (1...100).map { "line \($0)\r\n" }.joined())
        #expect(events.times == events.times.sorted())
    }

    @Test func whatIsTypedIsRecordedOnlyWhereThatWasAsked() async throws {
        for asked in [false, true] {
            let folder = try TemporaryFolder()
            var id: TerminalID?
            try await TerminalGround.run(folder) { ground in
                let info = try await ground.begin(
                    "/bin/sh", ["-c", "stty -echo; echo ready; read line; echo over"]
                ) {
                    ($0.isRecorded, $0.recordsInput) = (true, asked)
                }
                id = info.record.id
                let reader = try await ground.listener(info.record.id)
                try await reader.hears("ready")
                let seat = TerminalSeat.writer
                let terminal = try ground.terminals.terminal(info.record.id)
                try await ground.join(seat, terminal)
                _ = await terminal.run { try? $0.type(Array("hunter2\n".utf8), from: seat, on: $1) }
                _ = try await reader.rest()
            }
            let events = try recording(folder.file("\(id!).cast"))
            #expect(events.output == "ready\r\nover\r\n")
            #expect(events.input == (asked ? "hunter2\n" : ""))
        }
    }

    @Test func oldRecordingsGoAndThoseOfTheLivingStay() throws {
        let folder = try TemporaryFolder()
        let ids = (0..<3).map { _ in TerminalID.make().text }
        for (index, id) in ids.enumerated() {
            try write(
                String(repeating: "x", count: 1000), to: folder.file("\(id).cast"), secondsAgo: 100 - index)
        }
        #expect(RecordingFile.sweep(folder.path, olderThan: nil, keeping: 2000, except: []) == 1)
        #expect(!exists(folder.file("\(ids[0]).cast")) && exists(folder.file("\(ids[1]).cast")))
        #expect(
            RecordingFile.sweep(folder.path, olderThan: .seconds(10), keeping: 9999, except: [ids[1]]) == 1)
        #expect(exists(folder.file("\(ids[1]).cast")) && !exists(folder.file("\(ids[2]).cast")))
    }

    // MARK: Files

    private func recording(_ path: String) throws -> (output: String, input: String, times: [Duration]) {
        var reader = AsciicastReader()
        var events = try reader.read(Array(contents(path)))
        events += try reader.finish()
        var (output, input) = ("", "")
        for event in events {
            switch event.what {
            case .output(let text): output += text
            case .input(let text): input += text
            default: break
            }
        }
        return (output, input, events.map(\.time))
    }

    private func contents(_ path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "re") else { return [] }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }

    private func write(_ text: String, to path: String, secondsAgo: Int) throws {
        let file = unsafe fopen(path, "we")
        #expect(unsafe file != nil)
        unsafe fputs(text, file!)
        unsafe fclose(file!)
        let then = timespec(tv_sec: time(nil) - secondsAgo, tv_nsec: 0)
        unsafe _ = utimensat(AT_FDCWD, path, [then, then], 0)
    }

    private func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
