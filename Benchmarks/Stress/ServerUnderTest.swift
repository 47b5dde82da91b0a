import CLinux
import Glibc
import Loop

/// The built program, run as a user runs it, on a folder of its own; asked for its counts over `/metrics`.
final class ServerUnderTest {
    let port: UInt16
    let token: String
    let folder: String
    let child: ChildProcess
    private let environment: [String: String]
    private let loop: EventLoop

    /// - Parameters:
    ///   - settings: environment variables without their `HOLDFAST_`.
    ///   - workflows: their definitions by the names of their files; without any, the server makes its examples.
    static func start(
        _ settings: [String: String] = [:], workflows: [String: String] = [:],
        limits: [ProcessSpec.Limit] = [],
        on loop: isolated EventLoop
    ) async throws -> ServerUnderTest {
        let folder = try makeFolder()
        var environment = ["PATH": "/usr/bin:/bin", "HOME": folder]
        for (name, value) in settings { environment["HOLDFAST_" + name] = value }
        let token = try await output(
            of: ProcessSpec(
                programPath, ["token", "create", "stress", "--role", "admin", "--data", folder + "/data"],
                environment: environment,
                streams: .separate(
                    input: .null, output: .pipe,
                    error: .descriptor(.init(owning: fcntl(2, F_DUPFD_CLOEXEC, 3))))), on: loop)
        if !workflows.isEmpty { try write(workflows, in: folder + "/data/workflows") }
        return try await start(in: folder, environment, token: token, limits: limits, on: loop)
    }

    /// Another life on the same folder, once this one is over.
    func again(on loop: isolated EventLoop) async throws -> ServerUnderTest {
        try await Self.start(in: folder, environment, token: token, limits: [], on: loop)
    }

    private static func start(
        in folder: String, _ environment: [String: String], token: String, limits: [ProcessSpec.Limit],
        on loop: isolated EventLoop
    ) async throws -> ServerUnderTest {
        let child = try await spawn(in: folder, environment, limits: limits, on: loop)
        let line = try firstLine(of: child.takeOutput()!)
        guard line.hasPrefix("ready http://"),
            let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw StressError("the server said \(line) instead of ready") }
        return ServerUnderTest(
            port: port, token: token, folder: folder, environment: environment, child: child, loop: loop)
    }

    /// One that may still be starting.
    func spawnAgain(on loop: isolated EventLoop) async throws -> ChildProcess {
        try await Self.spawn(in: folder, environment, limits: [], on: loop)
    }

    private static func spawn(
        in folder: String, _ environment: [String: String], limits: [ProcessSpec.Limit],
        on loop: isolated EventLoop
    ) async throws -> ChildProcess {
        var spec = ProcessSpec(
            programPath,
            // What tasks that did not succeed left is not kept, so that nothing may be there.
            ["serve", "--data", folder + "/data", "--listen", "127.0.0.1:0", "--tasks.keep_work=0s"],
            environment: environment, streams: .separate(input: .null, output: .pipe, error: .null))
        spec.limits = limits
        return try await ChildProcess.spawn(spec, until: loop.clock.now + .seconds(10), on: loop)
    }

    private init(
        port: UInt16, token: String, folder: String, environment: [String: String], child: ChildProcess,
        loop: EventLoop
    ) {
        self.port = port
        self.token = token
        self.folder = folder
        self.environment = environment
        self.child = child
        self.loop = loop
    }

    /// One request over a connection of its own; the whole answer.
    func request(
        _ method: String, _ path: String, body: String = "", headers: [String: String] = [:]
    ) throws -> String {
        let peer = try send(method, path, body: body, headers: headers)
        defer { peer.close() }
        return String(decoding: try peer.receiveToEnd(), as: UTF8.self)
    }

    /// The same without waiting for the answer, which is all that comes up to the end of the stream.
    func send(
        _ method: String, _ path: String, body: String = "", headers: [String: String] = [:]
    ) throws -> Peer {
        let peer = try Peer(port: port)
        let more = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        try peer.send(
            """
            \(method) \(path) HTTP/1.1\r
            Host: 127.0.0.1\r
            Authorization: Bearer \(token)\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \(more)\r\n\(body)
            """)
        return peer
    }

    /// One request whose answer is JSON, or empty.
    func ask(
        _ method: String, _ path: String, body: String = "", headers: [String: String] = [:]
    ) throws -> Answer {
        let peer = try send(method, path, body: body, headers: headers)
        defer { peer.close() }
        return try Answer(from: peer)
    }

    func metrics() throws -> Metrics { Metrics(try request("GET", "/metrics")) }

    /// Asks it to stop, as an init system does; how it ended. Its folder goes with it.
    func stop(on loop: isolated EventLoop) async throws -> ProcessExit {
        let exit = try await end(on: loop)
        try? await removeFolder(on: loop)
        return exit
    }

    /// The same, and leaves its folder for another life.
    func end(on loop: isolated EventLoop) async throws -> ProcessExit {
        child.signal(SIGTERM)
        return try await waitForEnd(on: loop)
    }

    func waitForEnd(on loop: isolated EventLoop) async throws -> ProcessExit {
        // Not the time of the loop's turn, which began before all that was asked meanwhile.
        guard let end = await child.wait(until: loop.clock.now + .seconds(30), on: loop) else {
            _ = await child.stop(on: loop)
            throw StressError("the server did not end within 30 s")
        }
        return end.exit
    }

    // MARK: Files and programs

    private static var programPath: String {
        let mine = CommandLine.arguments[0]
        return (mine.lastIndex(of: "/").map { String(mine[...$0]) } ?? "./") + "holdfast"
    }

    private static func makeFolder() throws -> String {
        var template = Array("/tmp/holdfast-stress-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func write(_ files: [String: String], in folder: String) throws {
        unsafe _ = mkdir(folder, 0o700)
        for (name, text) in files {
            let file = unsafe open(folder + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw SystemError("open \(name)") }
            defer { close(file) }
            let written = unsafe Glibc.write(file, text, text.utf8.count)
            guard written == text.utf8.count else { throw SystemError("write \(name)") }
        }
    }

    private func removeFolder(on loop: isolated EventLoop) async throws {
        let remover = try await ChildProcess.spawn(
            ProcessSpec("/bin/rm", ["-rf", folder]), until: loop.clock.now + .seconds(5), on: loop)
        _ = await remover.wait(until: loop.clock.now + .seconds(10), on: loop)
    }

    private static func output(of spec: ProcessSpec, on loop: isolated EventLoop) async throws -> String {
        let child = try await ChildProcess.spawn(spec, until: loop.clock.now + .seconds(10), on: loop)
        return try firstLine(of: child.takeOutput()!)
    }

    /// Waits for a line, at most 20 s; the rest of the stream is not wanted.
    private static func firstLine(of output: consuming Descriptor) throws -> String {
        let raw = output.release()
        defer { close(raw) }
        var line: [UInt8] = []
        while true {
            try awaitReadable(raw)
            var byte: UInt8 = 0
            let count = unsafe read(raw, &byte, 1)
            if count == 0 || byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            if count == 1 { line.append(byte) }
        }
    }
}
