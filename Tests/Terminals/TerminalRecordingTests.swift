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
        let events = try Recording(of: id!, in: folder)
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
            let events = try Recording(of: id!, in: folder)
            #expect(events.output == "ready\r\nover\r\n")
            #expect(events.input == (asked ? "hunter2\n" : ""))
        }
    }

    @Test func whatIsDoneStandsBehindTheOutputThatCameBeforeAlsoWhereTheDiskIsSlow() async throws {
        let folder = try TemporaryFolder()
        var id: TerminalID?
        try await TerminalGround.run(folder) { ground in
            let script = "stty -echo; seq 1 60000; read line; echo after"
            try await ground.whileTheDiskHangs {
                id = try await ground.begin("/bin/sh", ["-c", script]) {
                    ($0.isRecorded, $0.recordsInput) = (true, true)
                }.record.id
                let reader = try await ground.listener(id!)
                try await reader.hears("60000\r\n")
                let seat = TerminalSeat.writer
                let terminal = try ground.terminals.terminal(id!)
                try await ground.join(seat, terminal)
                await terminal.run { $0.resize(to: TerminalSize(cols: 100, rows: 30), on: $1) }
                _ = await terminal.run { try? $0.type(Array("typed\n".utf8), from: seat, on: $1) }
                try await reader.hears("after\r\n")
            }
            _ = try await ground.listen(to: id!)
        }
        let recording = try Recording(of: id!, in: folder)
        let first = (1...60000).map { "\($0)\r\n" }.joined()
        #expect(recording.output(before: .resize(columns: 100, rows: 30)) == first)
        #expect(recording.output(before: .input("typed\n")) == first)
        #expect(recording.output == first + "after\r\n")
    }

    @Test func aDiskThatHangsKeepsNobodyFromTheEnd() async throws {
        try await TerminalGround.run { ground in
            try await ground.whileTheDiskHangs {
                let id = try await ground.begin("/bin/sh", ["-c", "echo said"]) { $0.isRecorded = true }
                    .record.id
                let heard = try await ground.listen(to: id)
                #expect(heard.text == "said\r\n" && heard.ending?.reason == .completed)
                // The recording still waits: it was not given up first.
                #expect(try await ground.terminals.info(id).record.isRecorded)
            }
        }
    }

    @Test func whatChangesOfSizePushedOutOfTheWindowIsToldToBeMissing() async throws {
        let folder = try TemporaryFolder()
        var id: TerminalID?
        try await TerminalGround.run(folder, { $0.windowBytes = 16 << 10 }) { ground in
            try await ground.whileTheDiskHangs {
                id = try await ground.begin("/bin/sh", ["-c", "echo said; read line"]) {
                    $0.isRecorded = true
                }
                .record.id
                let reader = try await ground.listener(id!)
                try await reader.hears("said\r\n")
                let terminal = try ground.terminals.terminal(id!)
                await terminal.run { terminal, loop in
                    for count in 0..<20_000 {
                        terminal.resize(to: TerminalSize(cols: 80 + UInt16(count % 2), rows: 24), on: loop)
                    }
                }
            }
            // What is said by now is in it.
            _ = await (try ground.terminals.terminal(id!)).run { await $0.flushRecording(on: $1) }
        }
        let recording = try Recording(of: id!, in: folder)
        #expect(recording.output == "")
        #expect(recording.remarks.contains("6 bytes of output are missing, from byte 0 on"))
    }

    @Test func aRecordingThatIsFullSaysSoAndIsNotGoneOnWith() async throws {
        let folder = try TemporaryFolder()
        let (bound, go) = (64 << 10, folder.file("go"))
        var id: TerminalID?
        for life in 0..<2 {
            try await TerminalGround.run(folder) {
                ($0.outlive, $0.recordingBytes) = (.seconds(30), bound)
            } _: { ground in
                if life == 0 {
                    let script = "seq 1 20000; while ! test -e \(go); do sleep 0.01; done; echo more"
                    id = try await ground.begin("/bin/sh", ["-c", script]) { $0.isRecorded = true }.record.id
                    try await eventually("it is full") {
                        try await !ground.terminals.info(id!).record.isRecorded
                    }
                } else {
                    #expect(try await !ground.terminals.info(id!).record.isRecorded)
                    try touch(go)
                    _ = try await ground.listen(to: id!)
                }
            }
        }
        let recording = try Recording(of: id!, in: folder)
        #expect(recording.size <= bound && recording.size > bound / 2)
        #expect(recording.remarks == ["the recording is full"])
        #expect((1...20000).map { "\($0)\r\n" }.joined().utf8.starts(with: recording.output.utf8))
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
