import CLinux
import Glibc
import Loop

/// The built program, run as a user runs it, on a folder of its own; asked for its counts over `/metrics`.
final class ServerUnderTest {
    let port: UInt16
    let token: String
    let folder: String
    let child: ChildProcess
    private let loop: EventLoop

    /// - Parameter settings: environment variables without their `HOLDFAST_`.
    static func start(
        _ settings: [String: String] = [:], limits: [ProcessSpec.Limit] = [], on loop: isolated EventLoop
    ) async throws -> ServerUnderTest {
        let folder = try makeFolder()
        let program = programPath
        let data = folder + "/data"
        var environment = ["PATH": "/usr/bin:/bin", "HOME": folder]
        for (name, value) in settings { environment["HOLDFAST_" + name] = value }
        let token = try await output(
            of: ProcessSpec(
                program, ["token", "create", "stress", "--role", "admin", "--data", data],
                environment: environment,
                streams: .separate(input: .null, output: .pipe, error: .descriptor(2))), on: loop)
        var spec = ProcessSpec(
            program, ["serve", "--data", data, "--listen", "127.0.0.1:0"], environment: environment,
            streams: .separate(input: .null, output: .pipe, error: .null))
        spec.limits = limits
        let child = try await ChildProcess.spawn(spec, until: loop.now + .seconds(10), on: loop)
        let line = try firstLine(of: child.takeOutput()!)
        guard line.hasPrefix("ready http://"),
            let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw StressError("the server said \(line) instead of ready") }
        return ServerUnderTest(port: port, token: token, folder: folder, child: child, loop: loop)
    }

    private init(port: UInt16, token: String, folder: String, child: ChildProcess, loop: EventLoop) {
        self.port = port
        self.token = token
        self.folder = folder
        self.child = child
        self.loop = loop
    }

    /// One request over a connection of its own; the whole answer.
    func request(_ method: String, _ path: String, body: String = "") throws -> String {
        let peer = try Peer(port: port)
        defer { peer.close() }
        try peer.send(
            """
            \(method) \(path) HTTP/1.1\r
            Host: 127.0.0.1\r
            Authorization: Bearer \(token)\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r\n\(body)
            """)
        return String(decoding: try peer.receiveToEnd(), as: UTF8.self)
    }

    func metrics() throws -> Metrics { Metrics(try request("GET", "/metrics")) }

    /// Asks it to stop, as an init system does; how it ended.
    func stop(on loop: isolated EventLoop) async throws -> ProcessExit {
        child.signal(SIGTERM)
        guard let end = await child.wait(until: loop.now + .seconds(30), on: loop) else {
            _ = await child.stop(on: loop)
            throw StressError("the server did not end within 30 s of SIGTERM")
        }
        try? await Self.removeFolder(folder, on: loop)
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

    private static func removeFolder(_ folder: String, on loop: isolated EventLoop) async throws {
        let remover = try await ChildProcess.spawn(
            ProcessSpec("/bin/rm", ["-rf", folder]), until: loop.now + .seconds(5), on: loop)
        _ = await remover.wait(until: loop.now + .seconds(10), on: loop)
    }

    private static func output(of spec: ProcessSpec, on loop: isolated EventLoop) async throws -> String {
        let child = try await ChildProcess.spawn(spec, until: loop.now + .seconds(10), on: loop)
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

/// The figures of `/metrics`, by name and labels as they stand there.
struct Metrics {
    private var values: [Substring: Double] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            if parts.count == 2, let value = Double(parts[1].filter { $0 != "\r" }) {
                values[parts[0]] = value
            }
        }
    }

    subscript(name: String) -> Double? { values[Substring(name)] }

    /// Those of a name, one for each of its labels.
    func samples(_ name: String) -> [Substring: Double] {
        values.filter { $0.key == name || $0.key.hasPrefix(name + "{") }
    }

    /// The sum over all labels of a name.
    func sum(_ name: String) -> Double { samples(name).values.reduce(0, +) }
}
