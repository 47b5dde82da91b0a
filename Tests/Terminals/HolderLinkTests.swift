import CLinux
import Glibc
import Loop
import TestKit
import Testing

@testable import Terminals

/// A server without room for what a holder brings.
@Suite(.serialized) struct HolderLinkTests {
    /// In a program of its own, which nobody else needs descriptors of.
    @Test func aTerminalIsTakenOverWholeOrNotAtAll() async throws {
        await #expect(processExitsWith: .success) {
            let left = try await Left()
            let whole = try await onLoop { try await left.adopt(with: 0...8, on: $0) }
            guard (1...7).contains(whole) else { throw TestFailure("\(whole) were whole") }
            try await left.isGone()
        }
    }

    @Test func aHolderWhoseSocketCannotBeWatchedHearsThatItIsReleased() async throws {
        let left = try await Left()
        #expect(try await onLoop { try await left.release(unwatchedOn: $0) })
        try await left.isGone()
    }
}

/// A terminal that a server left to its holder.
private struct Left: Sendable {
    private let folder: TemporaryFolder
    private let name: String
    private let pid: pid_t
    private let holder: pid_t

    init() async throws {
        let folder = try TemporaryFolder()
        var pid = pid_t(0)
        try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) {
            pid = try await $0.begin("/bin/cat").pid
        }
        self.folder = folder
        self.pid = pid
        name = try #require(folder.sockets.first)
        holder = try #require(parent(of: pid))
    }

    func isGone() async throws {
        try await eventually("it is gone") { kill(pid, 0) != 0 && folder.sockets.isEmpty }
    }

    /// Tries with so many free descriptors each. How many times it had the terminal.
    func adopt(with counts: ClosedRange<Int>, on loop: isolated EventLoop) async throws -> Int {
        var limit = rlimit(rlim_cur: 128, rlim_max: 128)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw TestFailure("setrlimit")
        }
        var whole = 0
        for count in counts {
            var spare: [CInt] = []
            while case let raw = dup(0), raw >= 0 { spare.append(raw) }
            for _ in 0..<count { close(spare.removeLast()) }
            let link = try? await adopt(on: loop)
            for raw in spare { close(raw) }
            guard let link else { continue }
            guard link.input.isOpen else {
                throw TestFailure("with \(count) free it has a terminal, and no way to type")
            }
            whole += 1
            // The last has all it wants.
            count == counts.upperBound ? link.release(on: loop) : link.close(on: loop)
        }
        return whole
    }

    /// Where the kernel refuses to watch the socket, as it does when it is watched already. False where it does not.
    func release(unwatchedOn loop: isolated EventLoop) async throws -> Bool {
        let link = try await adopt(on: loop)
        let raw = try #require((3..<1024 as Range<CInt>).first { hf_peer_process($0) == holder })
        let socket = Descriptor(owning: raw)
        let watch = try? loop.watch(socket, for: .readable, telling: Deaf())
        _ = socket.release()
        let owner = Deaf()
        let isRefused: Bool
        do {
            try link.open(for: owner, on: loop)
            isRefused = false
        } catch { isRefused = true }
        if let watch { loop.unwatch(watch) }
        link.release(on: loop)
        return isRefused
    }

    private func adopt(on loop: isolated EventLoop) async throws -> HolderLink {
        let grace = EndingGrace(TerminalSetting(folder: folder.path))
        return try #require(
            try await HolderLink.adopt(in: folder.path, named: name, grace: grace, on: loop))
    }
}

private func onLoop<T: Sendable>(_ body: @Sendable (isolated EventLoop) async throws -> T) async throws -> T {
    let group = try LoopGroup(count: 1)
    let result: Result<T, any Error>
    do { result = .success(try await body(group.loops[0])) } catch { result = .failure(error) }
    await group.stop()
    return try result.get()
}

private final class Deaf: HolderLinkOwner, ReadinessHandler {
    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}
    func linkHasNews(on loop: isolated EventLoop) {}
    func linkOver(_ exit: TerminalExit, on loop: isolated EventLoop) {}
    func linkLost(on loop: isolated EventLoop) {}
}
