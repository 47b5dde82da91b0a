import Glibc
import Loop
import TestKit
import Testing

/// The built program, run as a person or a script runs it. Lives on one loop; its owner calls `stop`.
final class Holdfast {
    struct Finished: Sendable {
        let status: CInt
        let output: String
        let error: String
    }

    /// Builds and tests may have the machine to themselves, or not at all.
    static let patience = Duration.seconds(60)

    let child: ChildProcess
    let output = ProgramOutput()
    let error = ProgramOutput()

    private init(_ child: ChildProcess) { self.child = child }

    /// Starts it with `folder` as its home and its working directory.
    static func start(
        _ words: [String], in folder: TemporaryFolder, input: String? = nil,
        environment: [String: String] = [:], limits: [ProcessSpec.Limit] = [],
        on loop: isolated EventLoop
    ) async throws -> Holdfast {
        let variables = ["HOME": folder.path, "PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        var spec = ProcessSpec(
            TestProgram.holdfast, words, environment: variables, directory: folder.path,
            streams: .separate(input: input == nil ? .null : .pipe, output: .pipe, error: .pipe))
        spec.limits = limits
        let child = try await ChildProcess.spawn(spec, until: loop.clock.now + patience, on: loop)
        let run = Holdfast(child)
        try run.output.begin(child.takeOutput()!, on: loop)
        try run.error.begin(child.takeError()!, on: loop)
        if let input, let pipe = child.takeInput() {
            // Less than a pipe holds, so it is taken at once.
            unsafe _ = write(pipe.raw, input, input.utf8.count)
            pipe.close()
        }
        return run
    }

    /// Starts it on a terminal of its own, which is its `output`.
    static func start(
        onTerminal words: [String], in folder: TemporaryFolder, on loop: isolated EventLoop
    ) async throws -> Holdfast {
        let spec = ProcessSpec(
            TestProgram.holdfast, words, environment: ["HOME": folder.path, "PATH": "/usr/bin:/bin"],
            directory: folder.path,
            streams: .terminal(columns: 100, rows: 30))
        let child = try await ChildProcess.spawn(spec, until: loop.clock.now + patience, on: loop)
        let run = Holdfast(child)
        try run.output.begin(child.takeTerminal()!, on: loop)
        return run
    }

    /// Starts a shell's script, which finds it as `$HOLDFAST`, on a terminal of its own, which is its `output`.
    static func start(
        script: String, in folder: TemporaryFolder, on loop: isolated EventLoop
    ) async throws -> Holdfast {
        // Where it crashes on a terminal, Swift would ask the person there what to look at.
        let variables = [
            "HOME": folder.path, "PATH": "/usr/bin:/bin", "HOLDFAST": TestProgram.holdfast,
            "SWIFT_BACKTRACE": "enable=no",
        ]
        let spec = ProcessSpec(
            "/bin/sh", ["-c", script], environment: variables,
            directory: folder.path, streams: .terminal(columns: 100, rows: 30))
        let child = try await ChildProcess.spawn(spec, until: loop.clock.now + patience, on: loop)
        let run = Holdfast(child)
        try run.output.begin(child.takeTerminal()!, on: loop)
        return run
    }

    /// Runs it to its end.
    static func run(
        _ words: String..., in folder: TemporaryFolder, input: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> Finished {
        try await onLoop { loop in
            let run = try await start(words, in: folder, input: input, environment: environment, on: loop)
            return try await run.finish(on: loop)
        }
    }

    /// Waits for its end; it does not outlive this.
    func finish(on loop: isolated EventLoop) async throws -> Finished {
        let end = await child.wait(until: loop.clock.now + Self.patience, on: loop)
        _ = try? await output.read(within: Self.patience, on: loop) { _ in false }
        _ = try? await error.read(within: Self.patience, on: loop) { _ in false }
        await stop(on: loop)
        guard case .exited(let status)? = end?.exit else {
            throw TestFailure("it ended by \(String(describing: end?.exit)): \(error.text)")
        }
        return Finished(status: status, output: output.text, error: error.text)
    }

    /// Ends it, however it stands.
    func stop(on loop: isolated EventLoop) async {
        _ = await child.stop(on: loop)
        output.close(on: loop)
        error.close(on: loop)
    }
}

/// Runs `body` on a loop of its own, which is stopped afterwards.
func onLoop<T: Sendable>(_ body: @Sendable (isolated EventLoop) async throws -> T) async throws -> T {
    let group = try LoopGroup(count: 1)
    let result: Result<T, any Error>
    do { result = .success(try await body(group.loops[0])) } catch { result = .failure(error) }
    await group.stop()
    return try result.get()
}
