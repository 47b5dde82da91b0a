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
                _ = try Nursery.shared()
                var theirs = pid_t()
                var arguments = unsafe [strdup("true"), nil]
                try #require(unsafe posix_spawn(&theirs, "/bin/true", nil, nil, &arguments, nil) == 0)
                // By the time our own child has been noticed, theirs has been seen too.
                let ours = try await ChildProcess.shell("sleep 0.05", .null, on: loop)
                _ = await ours.stop(StopLadder(request: 0), on: loop)
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
                // What is born after these is born last; then everyone before it is on its way out.
                try await loop.spawnAndStop(1)
                let deadline = loop.clock.now + .seconds(20)
                while children() != "", loop.clock.now < deadline {
                    await nursery.change(
                        since: nursery.generation, until: loop.clock.now + .milliseconds(10), on: loop)
                }
                try #require(children() == "")
                try #require(nursery.counts.children == 0)
                try #require(openDescriptors() == descriptors)
            }
        }
    }

    @Test func aFailedBirthLeavesNothing() async throws {
        await #expect(processExitsWith: .success) {
            try await onLoop { loop in
                let nursery = try Nursery.shared()
                _ = try await nursery.zombies(until: loop.now + .seconds(20), on: loop)
                let descriptors = openDescriptors()
                for _ in 0..<50 {
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
