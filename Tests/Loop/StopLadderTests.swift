import Glibc
import Loop
import TestKit
import Testing

@Suite struct StopLadderTests {
    @Test func aChildThatObeysIsGoneAtOnce() async throws {
        let report = try await onLoop { loop in
            let child = try await ChildProcess.shell("sleep 1000 | sleep 1000", .null, on: loop)
            return await child.stop(on: loop)
        }
        #expect(report.rung == .request)
        #expect(report.leader == .signalled(SIGINT, coreDumped: false))
        #expect(report.killed == 0)
        #expect(report.remaining == 0)
        #expect(report.took < .seconds(1))
    }

    @Test func aChildThatIgnoresTheRequestIsTerminated() async throws {
        let report = try await onLoop { loop in
            let child = try await ChildProcess.shell("trap '' INT; echo ready; sleep 1000 & wait", on: loop)
            try await child.awaitReady(on: loop)
            return await child.stop(StopLadder(afterRequest: .milliseconds(30)), on: loop)
        }
        #expect(report.rung == .terminate)
        #expect(report.leader == .signalled(SIGTERM, coreDumped: false))
        #expect(report.remaining == 0)
    }

    @Test func aStoppedChildHearsTheRequest() async throws {
        let report = try await onLoop { loop in
            let child = try await ChildProcess.shell("exec sleep 1000", .null, on: loop)
            child.signal(SIGSTOP)
            return await child.stop(on: loop)
        }
        #expect(report.rung == .request)
    }

    @Test func twoHundredThatIgnoreEverythingAndDoubleForkAreAllKilledAndCounted() async throws {
        let report = try await onLoop { loop in
            let child = try await ChildProcess.python(StubbornDaemons(199).program, on: loop)
            try await child.awaitReady(on: loop)
            return await child.stop(
                StopLadder(afterRequest: .milliseconds(100), afterTerminate: .milliseconds(100)), on: loop)
        }
        #expect(report.rung == .kill)
        #expect(report.seen == 200)
        #expect(report.killed == 200)
        #expect(report.remaining == 0)
        #expect(report.leader == .signalled(SIGKILL, coreDumped: false))
    }

    @Test func daemonsThatOutliveTheirLeaderAreFound() async throws {
        let (before, report) = try await onLoop { loop in
            let child = try await ChildProcess.python(StubbornDaemons(5, exitStatus: 7).program, on: loop)
            let before = await child.wait(until: loop.now + .seconds(20), on: loop)
            let report = await child.stop(StopLadder(afterTerminate: .milliseconds(50)), on: loop)
            return (before, report)
        }
        #expect(before?.exit == .exited(status: 7))
        #expect(report.killed == 5)
        #expect(report.remaining == 0)
        #expect(report.leader == .exited(status: 7))
    }

    @Test func aForkBombIsOutrun() async throws {
        let report = try await onLoop { loop in
            let child = try await ChildProcess.python(bomb, on: loop) {
                $0.limits = [.init(.cpuSeconds, 20)]
            }
            try await child.awaitReady(on: loop)
            return await child.stop(
                StopLadder(afterRequest: .milliseconds(20), afterTerminate: .milliseconds(20)), on: loop)
        }
        #expect(report.rung == .kill)
        #expect(report.remaining == 0)
    }

    @Test func askingTwiceIsAskingOnce() async throws {
        let same = try await onLoop { loop in
            let child = try await ChildProcess.shell("exec sleep 1000", .null, on: loop)
            let first = await child.stop(on: loop)
            return await child.stop(on: loop) == first
        }
        #expect(same)
    }

    @Test func aTreeThatIsGoneNeedsNoRung() async throws {
        let report = try await onLoop { loop in
            let child = try await ChildProcess.shell("exit 0", .null, on: loop)
            _ = await child.wait(until: loop.now + .seconds(20), on: loop)
            return await child.stop(on: loop)
        }
        #expect(report.rung == .none)
        #expect(report.seen == 0)
        #expect(report.leader == .exited(status: 0))
    }

    @Test(.enabled(if: canMakeControlGroups)) func whoShedsEveryTraceIsFoundByItsControlGroup() async throws {
        let (report, removed) = try await onLoop { loop in
            let group = ControlGroup.make()!
            let child = try await ChildProcess.python(StubbornDaemons(3, .bare).program, on: loop) {
                $0.controlGroup = group
            }
            try await child.awaitReady(on: loop)
            let report = await child.stop(
                StopLadder(afterRequest: .milliseconds(20), afterTerminate: .milliseconds(20)), on: loop)
            return (report, group.remove())
        }
        #expect(report.remaining == 0)
        #expect(report.seen == 4)
        #expect(removed)
    }
}

private let canMakeControlGroups = ControlGroup.make().map { $0.remove() } ?? false

/// Forks for ever, each process in a session of its own, and makes up for those that are killed,
/// up to a number that a busy machine bears.
private let bomb = """
    import os, signal, time
    for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)
    enough = len(os.listdir("/proc")) + 40
    print("ready", flush=True)
    while True:
        if len(os.listdir("/proc")) < enough and os.fork() == 0: os.setsid()
        time.sleep(0.02)
    """

extension ChildProcess {
    fileprivate static func python(
        _ script: String, on loop: isolated EventLoop, change: (inout ProcessSpec) -> Void = { _ in }
    ) async throws(SystemError) -> ChildProcess {
        var spec = ProcessSpec(
            "/usr/bin/python3", ["-c", script], environment: ["PATH": "/usr/bin:/bin"],
            streams: .separate(input: .null, output: .pipe, error: .null))
        change(&spec)
        return try await spawn(spec, until: loop.now + .seconds(20), on: loop)
    }

    fileprivate func awaitReady(on loop: isolated EventLoop) async throws {
        let output = try Drain(takeOutput()!, on: loop)
        try #require(await output.read(on: loop) { $0.contains("ready") })
        output.close(on: loop)
    }
}
