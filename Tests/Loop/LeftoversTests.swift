import Glibc
import TestKit
import Testing

@testable import Loop

@Suite(.serialized) struct LeftoversTests {
    @Test func whatAKilledServerLeavesIsEnded() async throws {
        let dying = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            try await onLoop { loop in
                let child = try await ChildProcess.spawn(
                    ProcessSpec(
                        "/usr/bin/python3",
                        ["-c", StubbornDaemons(3, .parentOfBare, exitStatus: 0).program],
                        environment: ["PATH": "/usr/bin:/bin"]),
                    until: loop.now + .seconds(20), on: loop)
                _ = await child.wait(until: loop.now + .seconds(20), on: loop)
                print("life \(Nursery.life).")
                fflush(nil)
                kill(getpid(), SIGKILL)
            }
        }
        let said = String(decoding: dying?.standardOutputContent ?? [], as: UTF8.self)
        let life = try #require(
            said.split(separator: "life ").last?.split(separator: ".").first.map(String.init))
        #expect(life.count == 16 && life != Nursery.life)
        let own = try await onLoop { loop in
            let own = try await ChildProcess.shell("exec sleep 1000", .null, on: loop)
            let report = Leftovers.end(of: ["0123456789abcdef", life, Nursery.life], within: .seconds(20))
            #expect(report.ended == 4 && report.remaining == 0)
            #expect(Leftovers.end(of: [life], within: .seconds(20)) == Leftovers.Report())
            return await own.stop(on: loop)
        }
        #expect(own.leader == .signalled(SIGINT, coreDumped: false))
    }

    @Test(.enabled(if: canMakeControlGroups)) func whoShedItsMarkIsFoundByItsControlGroup() async throws {
        let dying = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            try await onLoop { loop in
                var spec = ProcessSpec("/usr/bin/env", ["-i", "setsid", "-f", "sleep", "1000"])
                spec.controlGroup = ControlGroup.make()
                let child = try await ChildProcess.spawn(spec, until: loop.now + .seconds(20), on: loop)
                _ = await child.wait(until: loop.now + .seconds(20), on: loop)
                print("life \(Nursery.life).")
                fflush(nil)
                kill(getpid(), SIGKILL)
            }
        }
        let said = String(decoding: dying?.standardOutputContent ?? [], as: UTF8.self)
        let life = try #require(
            said.split(separator: "life ").last?.split(separator: ".").first.map(String.init))
        #expect(ControlGroup.left(by: [life]).count == 1)
        #expect(Leftovers.end(of: [life], within: .seconds(20)).ended == 1)
        #expect(ControlGroup.left(by: [life]).isEmpty)
    }

    @Test func aReaperIsEndedWithAllThatIsBelowIt() async throws {
        let program = """
            import ctypes, os, subprocess, time
            ctypes.CDLL(None).prctl(36, 1)
            subprocess.Popen(["sleep", "1000"])
            subprocess.run(["setsid", "-f", "env", "-i", "/bin/sleep", "1000"])
            print("ready", flush=True)
            time.sleep(1000)
            """
        try await onLoop { loop in
            let spec = ProcessSpec(
                "/usr/bin/python3", ["-c", program], environment: ["PATH": "/usr/bin:/bin"],
                streams: .separate(input: .null, output: .pipe, error: .null))
            let child = try await ChildProcess.spawn(spec, until: loop.now + .seconds(20), on: loop)
            let drain = try Drain(child.takeOutput()!, on: loop)
            #expect(await drain.read(on: loop) { $0.contains("ready") })
            let root = try #require(KnownProcess(child.pid))
            #expect(!root.isStopped && root.signal(SIGSTOP))
            let report = Leftovers.end(root, within: .seconds(20))
            #expect(report.ended == 2 && report.remaining == 0)
            #expect(
                await child.wait(until: loop.now + .seconds(20), on: loop)?.exit
                    == .signalled(SIGKILL, coreDumped: false))
            #expect(!root.signal(0) && !root.isStopped)
            drain.close(on: loop)
        }
    }

    @Test func whoStartedUsIsSparedAndWhoShedItsMarkIsNot() {
        func process(_ pid: pid_t, of parent: pid_t, _ marker: String? = nil) -> ProcessRecord {
            ProcessRecord(id: .init(pid: pid, start: 1), parent: parent, session: pid, marker: marker)
        }
        let everyone = [
            process(1, of: 0), process(12, of: 11), process(10, of: 1, "old-1"), process(11, of: 10, "old-1"),
            process(20, of: 10, "old-1"), process(21, of: 20), process(30, of: 1, "older-1"),
            process(31, of: 1, "old"),
        ]
        let found = Leftovers.members(of: ["old"], in: everyone, notAbove: 12)
        #expect(Set(found.map(\.pid)) == [20, 21])
    }
}

private let canMakeControlGroups = ControlGroup.make().map { $0.remove() } ?? false
