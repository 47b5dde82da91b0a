import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite(.timeLimit(.minutes(1))) struct UnixSocketTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("server.sock") }
    private var address: String { "unix:\(path)" }

    init() throws { folder = try TemporaryFolder() }

    private func mode(of path: String) -> mode_t? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    private func start(mode: UInt32 = 0o660) async throws {
        let group = try LoopGroup(count: 2)
        let listener = Listener(
            ScriptedService(standard), policy: TransportPolicy(), admission: Admission(), unixMode: mode,
            loops: group.loops)
        let outcome: Result<mode_t?, any Error>
        do {
            _ = try await listener.start(on: #require(SocketAddress(parsing: address)))
            outcome = .success(self.mode(of: path))
        } catch {
            outcome = .failure(error)
        }
        await listener.stopAccepting()
        await listener.drain(until: SystemClock().now)
        await group.stop()
        #expect(try outcome.get() == mode)
    }

    @Test func itIsServedAndItsFileGoesWithTheServer() async throws {
        try await withServer(at: address) { server, loop in
            #expect(mode(of: path) == 0o660)
            let client = try await TestClient.connect("ws://server/socket", at: server.address, on: loop)
            client.send("hello", on: loop)
            #expect(try await client.text(on: loop) == "hello")
            try await client.close(on: loop)
            try await server.hasClosedAll()
        }
        #expect(mode(of: path) == nil)
    }

    @Test func whoMayConnectIsAsWasSaid() async throws {
        for mode: UInt32 in [0o600, 0o666] { try await start(mode: mode) }
    }

    @Test func whatADeadServerLeftIsReplaced() async throws {
        let dead = try ScriptedListener(path)
        dead.close()
        #expect(mode(of: path) != nil)
        try await start()
    }

    @Test func aLivingServerIsNotReplaced() async throws {
        try await withServer(at: address) { server, loop in
            await #expect(throws: SystemError("bind \(address)", code: EADDRINUSE)) { try await start() }
            let client = try await TestClient.connect("ws://server/socket", at: server.address, on: loop)
            try await client.close(on: loop)
            try await server.hasClosedAll()
        }
    }

    @Test func aServerThatIsTooBusyToAnswerIsNotReplaced() async throws {
        let busy = try ScriptedListener(path, backlog: 0)
        defer { busy.close() }
        busy.fill()
        await #expect(throws: SystemError("bind \(address)", code: EADDRINUSE)) { try await start() }
        #expect(mode(of: path) != nil)
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        close(unsafe open(path, O_CREAT | O_RDWR, 0o600))
        let call = "bind \(address), which is no socket and is left as it is"
        await #expect(throws: SystemError(call, code: EADDRINUSE)) { try await start() }
        #expect(mode(of: path) == 0o600)
    }

    @Test func aFileThatAnotherPutInItsPlaceStays() async throws {
        try await withServer(at: address) { _, _ in
            #expect(unsafe unlink(path) == 0)
            close(unsafe open(path, O_CREAT | O_RDWR, 0o600))
        }
        #expect(mode(of: path) == 0o600)
    }
}

/// A socket that listens at a path and takes nobody.
private final class ScriptedListener {
    private let descriptor: CInt
    private let path: String
    private var clients: [CInt] = []

    init(_ path: String, backlog: CInt = 1) throws {
        self.path = path
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        guard unsafe Self.name(path, { unsafe bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, backlog) == 0
        else {
            throw TestFailure("\(path): errno \(errno)")
        }
    }

    /// Connects until no more fit into the queue.
    func fill() {
        while true {
            let client = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            clients.append(client)
            if unsafe Self.name(path, { unsafe connect(client, $0, $1) }) != 0 { return }
        }
    }

    func close() {
        for client in clients { Glibc.close(client) }
        Glibc.close(descriptor)
    }

    private static func name(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8)) }
        return unsafe withUnsafePointer(to: address) { address in
            // A sockaddr_un is a sockaddr to these calls.
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe body(address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
