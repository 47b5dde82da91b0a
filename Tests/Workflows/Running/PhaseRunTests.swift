import Glibc
import Loop
import Sessions
import TestKit
import Testing

@testable import Workflows

/// Real programs. One test at a time, since each compares what the whole program holds with what it held before.
@Suite(.serialized) struct PhaseRunTests {
    @Test func whatItSaysAndLeavesIsHeardInOrder() async throws {
        try await PhaseGround.run { ground, loop in
            ground.mask.add("hunter22")
            let end = try await ground.run(
                """
                echo one; echo "::warning file=a.c,line=2::careful hunter22"; echo "::group::G"; echo "::endgroup::"
                echo "::progress percent=50::half"; echo "::usage tokens=2,cost=0.5::"; echo "::usage tokens=3::"
                echo "::add-mask::s3cret-pass"; echo "it is s3cret-pass"; echo "::unknown::x"; printf 'bad \\377'
                echo oops hunter22 >&2
                echo "version=1 hunter22" >> "$HOLDFAST_OUTPUT"; echo '{"pass":"hunter22"}' > "$HOLDFAST_STATE"
                echo '::state::{"seen": true}' > "$HOLDFAST_EVENTS"; echo '::notice::by the pipe' > "$HOLDFAST_EVENTS"
                exit 3
                """, on: loop)
            #expect(end.cause == .exited(status: 3))
            #expect(!end.succeeded)
            #expect(
                ground.said.filter { $0.hasPrefix("stdout") && !$0.hasSuffix("pipe") } == [
                    "stdout output one", "stdout warning a.c:2: careful ***", "stdout group G",
                    "stdout endGroup ",
                    "stdout output it is ***", "stdout output ::unknown::x", "stdout output bad \u{FFFD}",
                ])
            #expect(ground.said.contains("stderr output oops ***"))
            #expect(ground.said.contains("stdout notice by the pipe"))
            #expect(ground.progress == [50])
            #expect(ground.usage == ["tokens": 5, "cost": 0.5])
            #expect(ground.states == [#"{"seen":true}"#])
            #expect(end.leavings.outputs == ["version": "1 ***"])
            #expect(end.leavings.state == Array(#"{"pass":"***"}"#.utf8))
            #expect(end.leavings.mistakes == [])
            #expect((end.usage?.peakBytes ?? 0) > 0 && end.killed == 0)
        }
    }

    @Test func aFloodArrivesWhole() async throws {
        try await PhaseGround.run { ground, loop in
            ground.keepsLines = false
            let end = try await ground.run("seq 1 300000; head -c 1048576 /dev/zero | tr '\\0' x", on: loop)
            #expect(end.succeeded)
            // 300,000 numbers without their newlines, and a line of a mebibyte.
            #expect(ground.bytes == 1_688_895 + 1_048_576)
        }
    }

    @Test func aFullObserverIsNotToldUntilItResumes() async throws {
        try await PhaseGround.run { ground, loop in
            ground.keepsLines = false
            ground.isFull = true
            let phase = ground.phase(ground.script("seq 1 300000; exec sleep 1000"))
            phase.start(on: loop)
            try #require(await ground.hears(on: loop) { $0.bytes > 0 })
            #expect(phase.isPaused)
            let held = ground.bytes
            // Whatever was on its way has come by the end of these turns.
            for _ in 0..<20 { await loop.sleep(until: loop.clock.now + .milliseconds(1)) }
            #expect(ground.bytes == held && held <= 256 << 10)
            ground.isFull = false
            phase.resume(on: loop)
            try #require(await ground.hears(on: loop) { $0.bytes == 1_688_895 })
            phase.stop(on: loop)
            let end = try await ground.end(of: phase, on: loop)
            #expect(end.cause == .stopped)
        }
    }

    @Test func whatIsSentIsItsStandardInput() async throws {
        try await PhaseGround.run { ground, loop in
            var command = ground.script("echo ready; read line; echo \"got $line\"; cat")
            command.takesInput = true
            let phase = ground.phase(command)
            phase.start(on: loop)
            try #require(await ground.hears(on: loop) { $0.said.count == 1 })
            try await eventually("it waits for input", within: PhaseGround.patience) {
                await phase.activity(on: loop) == .waitingForInput
            }
            #expect(phase.isProcessActive)
            let sent1 = phase.send(Array("hello\n".utf8), on: loop)
            #expect(sent1)
            try #require(await ground.hears(on: loop) { $0.said.last == "stdout output got hello" })
            let sent2 = phase.send([UInt8](repeating: 0, count: PhaseInput.room + 1), on: loop)
            #expect(!sent2)
            let sent3 = phase.send(Array("rest".utf8), on: loop)
            #expect(sent3)
            phase.finishInput(on: loop)
            let end = try await ground.end(of: phase, on: loop)
            #expect(end.succeeded)
            #expect(ground.said.last == "stdout output rest")
            let sent4 = phase.send([1], on: loop)
            #expect(!sent4)
            #expect(await phase.activity(on: loop) == .none)
        }
    }

    @Test func withoutInputThereIsNone() async throws {
        try await PhaseGround.run { ground, loop in
            let end = try await ground.run("cat; echo end", on: loop)
            #expect(end.succeeded)
            #expect(ground.said == ["stdout output end"])
        }
    }

    @Test func aFloodIsSeenAsOne() async throws {
        try await PhaseGround.run { ground, loop in
            ground.keepsLines = false
            let phase = ground.phase(ground.script("exec yes"))
            phase.start(on: loop)
            var activity = PhaseActivity.none
            try await eventually("it is seen", within: PhaseGround.patience) {
                activity = await phase.activity(on: loop)
                if case .flooding = activity { return true }
                return false
            }
            guard case .flooding(let rate) = activity else {
                Issue.record("\(activity)")
                return
            }
            #expect(rate > PhaseRun.flood)
            phase.stop(on: loop)
            _ = try await ground.end(of: phase, on: loop)
        }
    }

    @Test func itsTimeIsEnforced() async throws {
        try await PhaseGround.run { ground, loop in
            let end = try await ground.run(
                "trap '' INT TERM; echo on; while :; do sleep 1000; done", timeout: .milliseconds(300),
                on: loop)
            #expect(end.cause == .timedOut)
            #expect(end.exit == .signalled(SIGKILL, coreDumped: false))
            #expect(end.killed > 0 && end.remaining == 0)
        }
    }

    @Test func aTreeThatIgnoresEverythingIsGoneWithinTheGraces() async throws {
        try await PhaseGround.run { ground, loop in
            let phase = ground.phase(ground.script(stubborn()))
            phase.start(on: loop)
            try #require(await ground.hears(on: loop) { $0.said.count == 1 })
            phase.stop(on: loop)
            phase.stop(on: loop)
            let end = try await ground.end(of: phase, on: loop)
            #expect(end.cause == .stopped && end.remaining == 0)
            #expect(end.killed >= 4)
            #expect(end.isCutShort == false)
        }
    }

    @Test func aGrandchildThatHoldsThePipeDoesNotHoldThePhase() async throws {
        try await PhaseGround.run { ground, loop in
            let end = try await ground.run(stubborn(exitStatus: 0), on: loop)
            #expect(end.cause == .exited(status: 0))
            #expect(end.killed == 3 && end.remaining == 0 && !end.isCutShort)
            #expect(ground.said == ["stdout output ready"])
        }
    }

    @Test(.enabled(if: canMakeControlGroups)) func whoShedsEveryTraceIsStoppedToo() async throws {
        try await PhaseGround.run { ground, loop in
            let end = try await ground.run(stubborn(.bare, exitStatus: 0), on: loop)
            #expect(end.cause == .exited(status: 0))
            // They have the pipe in hand, so its end is theirs.
            #expect(end.remaining == 0 && !end.isCutShort)
        }
    }

    @Test func whoeverIsNotOfTheTreeHoldsThePipeForABoundedTime() async throws {
        try await PhaseGround.run { ground, loop in
            let phase = ground.phase(ground.script("echo $$; exec sleep 1000"))
            phase.start(on: loop)
            try #require(await ground.hears(on: loop) { $0.said.count == 1 })
            let pid = ground.said[0].split(separator: " ").last.flatMap { pid_t($0) } ?? 0
            // Ours to write too, so it has no end.
            let held = unsafe open("/proc/\(pid)/fd/1", O_WRONLY | O_CLOEXEC)
            try #require(held >= 0)
            phase.stop(on: loop)
            let end = try await ground.end(of: phase, on: loop)
            close(held)
            #expect(end.cause == .stopped && end.isCutShort)
        }
    }

    @Test func theStepThatFailedIsNamed() async throws {
        try await PhaseGround.run { ground, loop in
            for (program, folder, step, code) in [
                ("/no/such/program", ground.space.work, "exec", ENOENT),
                ("sh", "/no/such/folder", "chdir", ENOENT),
                ("/etc/passwd", ground.space.work, "exec", EACCES),
            ] {
                let run = Ended()
                let phase = PhaseRun(
                    PhaseCommand(program, directory: folder, timeout: .seconds(5)),
                    files: OutputFiles(in: ground.space.files, for: "x"), mask: ground.mask,
                    pool: ground.pool,
                    observer: run)
                phase.start(on: loop)
                _ = await run.waiter.wait(until: loop.clock.now + PhaseGround.patience, on: loop)
                #expect(run.end?.cause == .couldNotStart(SystemError(step, code: code)))
                #expect(phase.holding == .none)
            }
        }
    }

    @Test func aStopAtAnyMomentOfItsBirthEndsItOnce() async throws {
        try await PhaseGround.run { ground, loop in
            for turns in 0..<40 {
                let run = Ended()
                let phase = PhaseRun(
                    ground.script("exec sleep 1000"), files: OutputFiles(in: ground.space.files, for: "x"),
                    mask: ground.mask, pool: ground.pool, observer: run)
                phase.start(on: loop)
                for _ in 0..<turns { await loop.sleep(until: loop.clock.now + .microseconds(100)) }
                phase.stop(on: loop)
                phase.stop(on: loop)
                _ = await run.waiter.wait(until: loop.clock.now + PhaseGround.patience, on: loop)
                try #require(
                    run.end?.cause == .stopped, "after \(turns) turns: \(String(describing: run.end))")
                try #require(run.count == 1 && phase.holding == .none)
            }
            // Those that came when their asker had left are reaped with the orphans.
            let nursery = try Nursery.shared()
            try await eventually("no process is left", within: PhaseGround.patience) {
                PhaseGround.strays() == 0
            }
            #expect(nursery.counts.children == 0)
            #expect(PhaseGround.controlGroups() == 0)
        }
    }
}

private let canMakeControlGroups = ControlGroup.make().map { $0.remove() } ?? false

/// Hears the end only.
private final class Ended: PhaseObserver {
    let waiter = Waiter()
    private(set) var end: PhaseEnd?
    private(set) var count = 0
    var isFull: Bool { false }

    func said(
        _ text: UnsafeRawBufferPointer, _ stream: TaskEvent.Stream, _ level: TaskEvent.Level, isCut: Bool,
        by phase: PhaseRun, on loop: isolated EventLoop
    ) {}
    func progressed(to percent: Double?, _ text: String, by phase: PhaseRun, on loop: isolated EventLoop) {}
    func used(_ figures: [String: Double], by phase: PhaseRun, on loop: isolated EventLoop) {}
    func changed(_ state: [UInt8], by phase: PhaseRun, on loop: isolated EventLoop) {}
    func ended(_ end: PhaseEnd, _ phase: PhaseRun, on loop: isolated EventLoop) {
        self.end = end
        count += 1
        waiter.signal(on: loop)
    }
}

/// Three daemons, in sessions of their own and with the pipe in hand.
private func stubborn(_ kind: StubbornDaemons.Daemon = .plain, exitStatus: Int? = nil) -> String {
    "exec /usr/bin/python3 -c '\(StubbornDaemons(3, kind, exitStatus: exitStatus).program)'"
}
