import Glibc
import Loop
import TestKit

/// A tmux of a test's own, in whose panes programs run, and which says what a person would see there. Lives on one
/// loop; its owner calls `stop`, which ends all that runs in it.
final class TmuxServer {
    static let program = "/usr/bin/tmux"
    static let isThere = unsafe access(program, X_OK) == 0

    private static let configuration = """
        set -g status off
        set -g default-terminal xterm-256color
        set -g default-size 100x30
        set -as terminal-features ',*:RGB'
        set -s escape-time 0
        set -g remain-on-exit on

        """

    private let folder: TemporaryFolder
    private let child: ChildProcess
    private var panes = 0

    private init(_ child: ChildProcess, in folder: TemporaryFolder) {
        self.child = child
        self.folder = folder
    }

    static func start(in folder: TemporaryFolder, on loop: isolated EventLoop) async throws -> TmuxServer {
        try write(configuration, to: folder.file("tmux.conf"))
        let server = TmuxServer(try await spawn(["-D"], in: folder, on: loop), in: folder)
        // It tells nobody that it is ready.
        do {
            try await eventually("tmux listens", within: Holdfast.patience) {
                unsafe access(folder.file("tmux"), F_OK) == 0
            }
        } catch {
            await server.stop(on: loop)
            throw error
        }
        return server
    }

    func stop(on loop: isolated EventLoop) async { _ = await child.stop(on: loop) }

    /// Runs a shell's command in a pane of its own; its name.
    func open(_ command: String, on loop: isolated EventLoop) async throws -> String {
        panes += 1
        // What runs in it shall not know of it.
        try await tell("new-session", "-d", "-s", "p\(panes)", "unset TMUX TMUX_PANE; \(command)", on: loop)
        return "p\(panes)"
    }

    /// Presses keys, as tmux calls them: `Enter`, `C-b`, or text.
    func press(_ keys: [String], in pane: String, on loop: isolated EventLoop) async throws {
        for key in keys { try await tell("send-keys", "-t", pane, key, on: loop) }
    }

    func resize(_ pane: String, columns: Int, rows: Int, on loop: isolated EventLoop) async throws {
        try await tell("resize-window", "-t", pane, "-x", "\(columns)", "-y", "\(rows)", on: loop)
    }

    /// What is to be seen, with its colours.
    func screen(of pane: String, on loop: isolated EventLoop) async throws -> String {
        try await tell("capture-pane", "-e", "-p", "-t", pane, on: loop)
    }

    /// The same without.
    func text(of pane: String, on loop: isolated EventLoop) async throws -> String {
        try await tell("capture-pane", "-p", "-t", pane, on: loop)
    }

    /// Waits until something is to be seen.
    func expect(
        _ what: String, in pane: String, on loop: isolated EventLoop, until isSo: (String) -> Bool
    ) async throws {
        let deadline = loop.clock.now + Holdfast.patience
        while true {
            let text = try await text(of: pane, on: loop)
            if isSo(text) { return }
            guard loop.clock.now < deadline else { throw TestFailure("\(what) was awaited of:\n\(text)") }
        }
    }

    @discardableResult
    private func tell(_ words: String..., on loop: isolated EventLoop) async throws -> String {
        let client = try await Self.spawn(["-N"] + words, in: folder, on: loop)
        let (output, error) = (ProgramOutput(), ProgramOutput())
        try output.begin(client.takeOutput()!, on: loop)
        try error.begin(client.takeError()!, on: loop)
        let end = await client.wait(until: loop.clock.now + Holdfast.patience, on: loop)
        _ = try? await output.read(within: Holdfast.patience, on: loop) { _ in false }
        _ = try? await error.read(within: Holdfast.patience, on: loop) { _ in false }
        _ = await client.stop(on: loop)
        guard end?.exit == .exited(status: 0) else { throw TestFailure("tmux \(words): \(error.text)") }
        return output.text
    }

    private static func spawn(_ words: [String], in folder: TemporaryFolder, on loop: isolated EventLoop)
        async throws -> ChildProcess
    {
        let isServer = words == ["-D"]
        let spec = ProcessSpec(
            program, ["-S", folder.file("tmux"), "-f", folder.file("tmux.conf")] + words,
            environment: [
                "HOME": folder.path, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLORTERM": "truecolor",
                "SHELL": "/bin/sh", "SWIFT_BACKTRACE": "enable=no",
            ], directory: folder.path,
            streams: .separate(
                input: .null, output: isServer ? .null : .pipe, error: isServer ? .null : .pipe))
        return try await ChildProcess.spawn(spec, until: loop.clock.now + Holdfast.patience, on: loop)
    }
}
