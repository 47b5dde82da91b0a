import CLinux
import Glibc
import Loop
import Sessions
import TestKit
import Testing

@testable import Workflows

/// A task's folder, a loop, and somebody who hears what phases say. Lives on one loop.
final class PhaseGround: PhaseObserver {
    static let patience = Duration.seconds(20)
    static let quick = StopLadder(afterRequest: .milliseconds(100), afterTerminate: .milliseconds(100))

    private let folder: TemporaryFolder
    let space: Workspace
    let pool: Offload
    let mask = SecretMask()

    /// `stream level text`, cut pieces marked by a `+`.
    private(set) var said: [String] = []
    private(set) var bytes = 0
    private(set) var progress: [Double?] = []
    private(set) var usage: [String: Double] = [:]
    private(set) var states: [String] = []
    private(set) var ends: [PhaseEnd] = []
    var keepsLines = true
    var isFull = false
    let heard = Waiter()

    private init(_ pool: Offload) throws {
        signal(SIGPIPE, SIG_IGN)
        folder = try TemporaryFolder()
        self.pool = pool
        space = Workspace(data: folder.path, task: .make())
        unsafe _ = mkdir("\(folder.path)/tasks", 0o700)
        try space.make()
    }

    /// Runs `body` on a loop of its own. Afterwards nothing is left: no descriptor, watch, timer or process.
    static func run<T: Sendable>(
        _ body: @Sendable (PhaseGround, isolated EventLoop) async throws -> T
    ) async throws -> T {
        _ = try Nursery.shared()
        let group = try LoopGroup(count: 1)
        let pool = try Offload(name: "phases", threads: 2, capacity: 100)
        let result: Result<T, any Error>
        do {
            result = .success(try await check(body, pool, on: group.loops[0]))
        } catch {
            result = .failure(error)
        }
        pool.stop()
        await group.stop()
        return try result.get()
    }

    private static func check<T: Sendable>(
        _ body: @Sendable (PhaseGround, isolated EventLoop) async throws -> T, _ pool: Offload,
        on loop: isolated EventLoop
    ) async throws -> T {
        let ground = try PhaseGround(pool)
        let before = (loop.holdings, openFiles())
        let result = try await body(ground, loop)
        try #require(loop.holdings == before.0)
        try #require(openFiles() == before.1)
        return result
    }

    func phase(_ command: PhaseCommand, name: String = "build") -> PhaseRun {
        PhaseRun(
            command, files: OutputFiles(in: space.files, for: name), mask: mask, pool: pool, observer: self)
    }

    func script(_ lines: String, timeout: Duration = patience) -> PhaseCommand {
        var command = PhaseCommand.script(
            lines, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], directory: space.work,
            timeout: timeout)
        command.ladder = Self.quick
        return command
    }

    /// Runs a script to its end.
    func run(
        _ lines: String, timeout: Duration = patience, on loop: isolated EventLoop
    ) async throws -> PhaseEnd {
        let phase = phase(script(lines, timeout: timeout))
        phase.start(on: loop)
        return try await end(of: phase, on: loop)
    }

    func end(of phase: PhaseRun, on loop: isolated EventLoop) async throws -> PhaseEnd {
        try #require(await hears(on: loop) { !$0.ends.isEmpty })
        try #require(phase.holding == .none)
        return ends[0]
    }

    /// Waits until something was heard; false at the deadline.
    func hears(on loop: isolated EventLoop, _ isEnough: (PhaseGround) -> Bool) async -> Bool {
        let deadline = loop.clock.now + Self.patience
        while !isEnough(self) {
            if await heard.wait(until: deadline, on: loop) != .signalled { return false }
        }
        return true
    }

    /// How many processes of this life are left that have the mark of one of its children.
    static func strays() -> Int { childCount() }

    /// How many control groups of this program there are.
    static func controlGroups() -> Int {
        guard let group = ControlGroup.make() else { return 0 }
        let folder = String(group.path[..<group.path.lastIndex(of: "/")!])
        group.remove()
        guard let directory = unsafe opendir(folder) else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix("holdfast-\(Nursery.life)-") { count += 1 }
        }
        return count
    }

    /// How many descriptors are open, but those of loops and threads: the ones of the test before may go while this one
    /// runs.
    private static func openFiles() -> Int {
        ProcFile.numbers(in: "/proc/self/fd").count { raw in
            var link = [UInt8](repeating: 0, count: 4096)
            let count = unsafe link.withUnsafeMutableBytes { link in
                let target = unsafe link.baseAddress!.assumingMemoryBound(to: CChar.self)
                return unsafe readlink("/proc/self/fd/\(raw)", target, link.count)
            }
            let name = String(decoding: link.prefix(max(0, count)), as: UTF8.self)
            return count > 0 && !["anon_inode:[eventpoll]", "anon_inode:[eventfd]"].contains(name)
                && !name.hasPrefix("/proc/")
        }
    }

    private static func childCount() -> Int {
        ProcFile.numbers(in: "/proc/self/task").reduce(0) { count, thread in
            count
                + (ProcFile.contents("/proc/self/task/\(thread)/children") ?? [])
                .split(separator: UInt8(ascii: " ")).count
        }
    }

    // MARK: What is heard

    func said(
        _ text: UnsafeRawBufferPointer, _ stream: TaskEvent.Stream, _ level: TaskEvent.Level, isCut: Bool,
        by phase: PhaseRun, on loop: isolated EventLoop
    ) {
        bytes += text.count
        if keepsLines {
            let text = unsafe String(decoding: text, as: UTF8.self)
            said.append("\(stream) \(level) \(text)\(isCut ? "+" : "")")
        }
        heard.signal(on: loop)
    }

    func progressed(to percent: Double?, _ text: String, by phase: PhaseRun, on loop: isolated EventLoop) {
        progress.append(percent)
        heard.signal(on: loop)
    }

    func used(_ figures: [String: Double], by phase: PhaseRun, on loop: isolated EventLoop) {
        usage.merge(figures) { $0 + $1 }
        heard.signal(on: loop)
    }

    func changed(_ state: [UInt8], by phase: PhaseRun, on loop: isolated EventLoop) {
        states.append(String(decoding: state, as: UTF8.self))
        heard.signal(on: loop)
    }

    func ended(_ end: PhaseEnd, _ phase: PhaseRun, on loop: isolated EventLoop) {
        ends.append(end)
        heard.signal(on: loop)
    }
}
