import Glibc
import Loop

/// Runs `body` on a loop of its own, which is stopped afterwards.
func onLoop<T: Sendable>(_ body: @Sendable (isolated EventLoop) async throws -> T) async throws -> T {
    let group = try LoopGroup(count: 1)
    let result: Result<T, any Error>
    do { result = .success(try await body(group.loops[0])) } catch { result = .failure(error) }
    await group.stop()
    return try result.get()
}

/// Collects what comes through a descriptor until its other side is closed, then closes it.
final class Drain: ReadinessHandler {
    private(set) var bytes: [UInt8] = []
    private var descriptor: Descriptor?
    private var token: WatchToken?
    private let heard = Waiter()

    var text: String { String(decoding: bytes, as: UTF8.self) }

    init(_ descriptor: consuming Descriptor, on loop: isolated EventLoop) throws(SystemError) {
        let token = try Self.watch(descriptor, on: loop)
        self.token = token
        self.descriptor = consume descriptor
        loop.hand(token, to: self)
    }

    /// Everything up to the end, or what there is at the deadline.
    static func all(_ descriptor: consuming Descriptor, on loop: isolated EventLoop) async throws -> String {
        let drain = try Drain(descriptor, on: loop)
        _ = await drain.read(on: loop) { _ in false }
        return drain.text
    }

    /// Reads until `isEnough`, the end or 20 s. True when it was enough.
    func read(on loop: isolated EventLoop, until isEnough: (String) -> Bool) async -> Bool {
        let deadline = loop.clock.now + .seconds(20)
        while !isEnough(text) {
            guard descriptor != nil, await heard.wait(until: deadline, on: loop) == .signalled else {
                close(on: loop)
                return isEnough(text)
            }
        }
        return true
    }

    /// Writes to the other side, for terminals.
    func write(_ text: String) {
        guard let raw = descriptor?.raw else { return }
        _ = unsafe Glibc.write(raw, text, text.utf8.count)
    }

    func resize(columns: UInt16, rows: UInt16) throws {
        try descriptor?.resizeTerminal(columns: columns, rows: rows)
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        while let raw = descriptor?.raw {
            var chunk = [UInt8](repeating: 0, count: 65536)
            let count = unsafe Glibc.read(raw, &chunk, chunk.count)
            if count < 0 && errno == EAGAIN { break }
            // A terminal that nobody holds any more fails with EIO, which is its way of ending.
            if count <= 0 { close(on: loop) } else { bytes += chunk[..<count] }
        }
        heard.signal(on: loop)
    }

    func close(on loop: isolated EventLoop) {
        guard let descriptor = descriptor.take() else { return }
        if let token { loop.unwatch(token) }
        descriptor.close()
    }

    private final class Nobody: ReadinessHandler {
        func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}
    }

    private static func watch(
        _ descriptor: borrowing Descriptor, on loop: isolated EventLoop
    ) throws(SystemError) -> WatchToken {
        try loop.watch(descriptor, for: .readable, telling: Nobody())
    }
}

extension ChildProcess {
    /// Starts `/bin/sh -c script`, with pipes unless told otherwise.
    static func shell(
        _ script: String, _ streams: ProcessSpec.Streams = .pipes, on loop: isolated EventLoop,
        change: (inout ProcessSpec) -> Void = { _ in }
    ) async throws(SystemError) -> ChildProcess {
        var spec = ProcessSpec(
            "sh", ["-c", script], environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], streams: streams)
        change(&spec)
        return try await spawn(spec, until: loop.now + .seconds(20), on: loop)
    }

    /// What the shell says before it ends, and its end.
    static func run(
        _ script: String, on loop: isolated EventLoop, change: (inout ProcessSpec) -> Void = { _ in }
    ) async throws -> (said: String, end: ProcessEnd?) {
        let child = try await shell(
            script, .separate(input: .null, output: .pipe, error: .null), on: loop, change: change)
        let said = try await Drain.all(child.takeOutput()!, on: loop)
        return (said, await child.wait(until: loop.now + .seconds(20), on: loop))
    }
}
