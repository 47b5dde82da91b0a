import Glibc
import Testing

@testable import Loop

/// What concerns the whole program runs in a program of its own, where nobody else counts. One at a time, since
/// the testing library blocks a thread of the shared pool for each such program, and there may be only two.
@Suite(.serialized) struct NurseryTests {
    @Test func childrenDieWithTheProgramThatMadeThem() async throws {
        _ = try Nursery.shared()
        let dying = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            try await onLoop { loop in
                let child = try await ChildProcess.shell("exec sleep 1000", .null, on: loop)
                print("child \(child.pid).")
                fflush(nil)
                kill(getpid(), SIGKILL)
            }
        }
        let said = String(decoding: dying?.standardOutputContent ?? [], as: UTF8.self)
        let pid = try #require(
            said.split(separator: "child ").last?.split(separator: ".").first.flatMap { CInt($0) })
        // The orphan comes to this program, which is its reaper now, so it ends by being gone.
        try await onLoop { loop in
            let deadline = loop.clock.now + .seconds(20)
            while kill(pid, 0) == 0, loop.clock.now < deadline {
                await loop.sleep(until: loop.clock.now + .milliseconds(1))
            }
        }
        #expect(kill(pid, 0) == -1 && errno == ESRCH)
    }

    @Test func orphansAreReapedAndCounted() async throws {
        await #expect(processExitsWith: .success) {
            try await onLoop { loop in
                let nursery = try Nursery.shared()
                let child = try await ChildProcess.shell(
                    "for i in 1 2 3 4 5; do (sleep 0 &) ; done; echo", on: loop)
                _ = await child.wait(until: loop.now + .seconds(20), on: loop)
                let report = await child.stop(on: loop)
                try #require(report.remaining == 0)
                try #require(nursery.counts == NurseryCounts(children: 0, spawned: 1, orphansReaped: 5))
                try #require(try await nursery.zombies(until: loop.now + .seconds(20), on: loop) == 0)
            }
        }
    }

    @Test func aChildThatALibraryStartedIsLeftToIt() async throws {
        await #expect(processExitsWith: .success) {
            try await onLoop { loop in
                let nursery = try Nursery.shared()
                let deadline = loop.now + .seconds(20)
                var theirs = pid_t()
                var arguments = unsafe [strdup("true"), nil]
                try #require(unsafe posix_spawn(&theirs, "/bin/true", nil, nil, &arguments, nil) == 0)
                try #require(waitid(P_PID, id_t(theirs), nil, WEXITED | WNOWAIT) == 0)
                // Whoever takes in an orphan that ends after theirs has come by theirs too.
                let ours = try await ChildProcess.shell("(sleep 0 &) ; echo", .null, on: loop)
                _ = await ours.wait(until: deadline, on: loop)
                _ = await ours.stop(on: loop)
                while nursery.counts.orphansReaped == 0, loop.clock.now < deadline {
                    await nursery.change(
                        since: nursery.generation, until: loop.clock.now + .milliseconds(10), on: loop)
                }
                try #require(nursery.counts.orphansReaped == 1)
                var status: CInt = -1
                try #require(unsafe waitpid(theirs, &status, 0) == theirs)
                try #require(status == 0)
            }
        }
    }

    @Test func threeHundredChildrenLeaveNothing() async throws {
        await #expect(processExitsWith: .success) {
            try await onLoop { loop in
                let nursery = try Nursery.shared()
                try await loop.spawnAndStop(3)
                let descriptors = openDescriptors()
                let holdings = loop.holdings
                for _ in 0..<10 { try await loop.spawnAndStop(30) }
                try #require(openDescriptors() == descriptors)
                try #require(loop.holdings == holdings)
                try #require(nursery.counts.children == 0)
                try #require(nursery.counts.spawned == 303)
                try #require(try await nursery.zombies(until: loop.now + .seconds(20), on: loop) == 0)
                try #require(children() == "")
            }
        }
    }

    @Test func aBirthThatNobodyWaitsForAnyMoreLeavesNothing() async throws {
        await #expect(processExitsWith: .success) {
            try await onLoop { loop in
                let nursery = try Nursery.shared()
                try await loop.spawnAndStop(1)
                let descriptors = openDescriptors()
                let spec = ProcessSpec("/bin/sleep", ["1000"], streams: .pipes)
                for _ in 0..<50 { await loop.askAndLeave(spec) }
                let deadline = loop.clock.now + .seconds(20)
                while nursery.counts.births > 0 || children() != "" || openDescriptors() != descriptors,
                    loop.clock.now < deadline
                {
                    await nursery.change(
                        since: nursery.generation, until: loop.clock.now + .milliseconds(10), on: loop)
                }
                try #require(children() == "")
                try #require(nursery.counts.children == 0)
                try #require(openDescriptors() == descriptors)
            }
        }
    }

    @Test func aProgramThatCannotBeReadForNowHoldsUpNobodyElse() async throws {
        await #expect(processExitsWith: .success) {
            let script = try LeasedScript("exit 7")
            try await onLoop { loop in
                let nursery = try Nursery.shared()
                let stuck = Task {
                    try await loop.runToEnd(ProcessSpec(script.path))
                }
                let deadline = loop.clock.now + .seconds(30)
                while !script.isAwaited, loop.clock.now < deadline {
                    await loop.sleep(until: loop.clock.now + .milliseconds(1))
                }
                for round in 1...3 {
                    let child = try await ChildProcess.shell("(sleep 0 &) ; echo", .null, on: loop)
                    _ = await child.wait(until: deadline, on: loop)
                    try #require(await child.stop(on: loop).remaining == 0)
                    while nursery.counts.orphansReaped < round, loop.clock.now < deadline {
                        await nursery.change(
                            since: nursery.generation, until: loop.clock.now + .milliseconds(10), on: loop)
                    }
                }
                try #require(script.isAwaited && nursery.counts.births == 1)
                script.release()
                try #require(try await stuck.value?.exit == .exited(status: 7))
                try #require(nursery.counts == NurseryCounts(spawned: 4, orphansReaped: 3))
                try #require(children() == "")
            }
        }
    }

    @Test func whoLeavesBehindBirthsThatHangTakesTheirOwnBack() async throws {
        await #expect(processExitsWith: .success) {
            let script = try LeasedScript("exit 7")
            try await onLoop { loop in
                let nursery = try Nursery.shared()
                let spec = ProcessSpec(script.path)
                let stuck = (0..<Nursery.mostCradles).map { _ in
                    Task { try await loop.runToEnd(spec) }
                }
                let deadline = loop.clock.now + .seconds(30)
                while nursery.counts.births < stuck.count || !script.isAwaited, loop.clock.now < deadline {
                    await loop.sleep(until: loop.clock.now + .milliseconds(1))
                }
                for _ in 0..<50 { await loop.askAndLeave(spec) }
                try #require(nursery.counts.births == stuck.count)
                script.release()
                for birth in stuck { try #require(try await birth.value?.exit == .exited(status: 7)) }
                // Their admissions lead to nothing, and the next one to its child.
                try #require(try await loop.runToEnd(spec)?.exit == .exited(status: 7))
                try #require(nursery.counts == NurseryCounts(spawned: stuck.count + 1))
                try #require(children() == "")
            }
        }
    }

    @Test func aFailedBirthLeavesNothing() async throws {
        await #expect(processExitsWith: .success) {
            try await onLoop { loop in
                let nursery = try Nursery.shared()
                _ = try await nursery.zombies(until: loop.now + .seconds(20), on: loop)
                let descriptors = openDescriptors()
                // So often, since whoever else could reap it seldom comes first.
                for _ in 0..<500 {
                    let spec = ProcessSpec("/no/such/program", streams: .terminal(columns: 80, rows: 24))
                    do throws(SystemError) {
                        _ = try await ChildProcess.spawn(spec, until: loop.now + .seconds(20), on: loop)
                        fatalError("the program that is not there was started")
                    } catch {
                        guard error == SystemError("exec", code: ENOENT) else { throw error }
                    }
                }
                try #require(openDescriptors() == descriptors)
                try #require(nursery.counts == NurseryCounts())
                try #require(children() == "")
            }
        }
    }
}

/// A script under a lease: whoever would run it waits in `exec`, as on a file system that does not answer.
private final class LeasedScript: Sendable {
    private static let setLease: CInt = 1024
    private static let getLease: CInt = 1025

    let path: String
    private let descriptor: CInt

    init(_ text: String) throws {
        // Sent to the holder when somebody waits, and fatal by default.
        signal(SIGIO, SIG_IGN)
        path = "/tmp/holdfast-leased-\(getpid()).sh"
        guard let file = unsafe fopen(path, "we") else { throw SystemError("open \(path)") }
        unsafe fputs("#!/bin/sh\n\(text)\n", file)
        unsafe fclose(file)
        guard unsafe chmod(path, 0o700) == 0 else { throw SystemError("chmod") }
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard fcntl(descriptor, Self.setLease, F_WRLCK) == 0 else { throw SystemError("lease") }
    }

    deinit {
        close(descriptor)
        unsafe _ = unlink(path)
    }

    /// Whether somebody waits for it: the lease is then shown as what they wait for.
    var isAwaited: Bool { fcntl(descriptor, Self.getLease) == F_RDLCK }

    func release() { _ = fcntl(descriptor, Self.setLease, F_UNLCK) }
}

private func openDescriptors() -> Int {
    let directory = unsafe opendir("/proc/self/fd")!
    defer { unsafe closedir(directory) }
    var count = 0
    while unsafe readdir(directory) != nil { count += 1 }
    return count
}

/// The pids of everyone whose parent is this program, as ps sees it: by the kernel, not by our own register.
private func children() -> String {
    let all = unsafe opendir("/proc")!
    defer { unsafe closedir(all) }
    var found = ""
    while let entry = unsafe readdir(all) {
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name in
            unsafe String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let file = unsafe fopen("/proc/\(name)/status", "r") else { continue }
        defer { unsafe fclose(file) }
        var line = [UInt8](repeating: 0, count: 4096)
        let count = unsafe fread(&line, 1, line.count, file)
        if String(decoding: line[..<count], as: UTF8.self).contains("PPid:\t\(getpid())\n") {
            found += "\(name) "
        }
    }
    return found
}

extension EventLoop {
    /// Asks for a child from a task that is cancelled at once, so the child comes when its asker has left.
    fileprivate func askAndLeave(_ spec: ProcessSpec) async {
        let asker = Task {
            if let child = try? await ChildProcess.spawn(spec, until: now + .seconds(20), on: self) {
                _ = await child.stop(on: self)
            }
        }
        await Task.yield()
        asker.cancel()
        await asker.value
    }

    fileprivate func runToEnd(_ spec: ProcessSpec) async throws -> ProcessEnd? {
        let child = try await ChildProcess.spawn(spec, until: clock.now + .seconds(40), on: self)
        return await child.wait(until: clock.now + .seconds(20), on: self)
    }

    fileprivate func spawnAndStop(_ count: Int) async throws {
        var children: [ChildProcess] = []
        for _ in 0..<count {
            children.append(
                try await ChildProcess.shell("(sleep 1000 &) ; sleep 1000 | sleep 1000", on: self))
        }
        // The one in the background ignores SIGINT, as a shell has it.
        let ladder = StopLadder(afterRequest: .milliseconds(1))
        for child in children { try #require(await child.stop(ladder, on: self).remaining == 0) }
    }
}
