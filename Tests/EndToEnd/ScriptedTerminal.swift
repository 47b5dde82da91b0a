import Glibc
import Loop
import TestKit
import Transport
import Wire

/// A terminal of a server as the protocol has it, whose bytes are what a test says. Lives on one loop.
final class ScriptedTerminal {
    private(set) var said: [UInt8] = []
    /// Whether those that come may type.
    var canWrite = true
    /// Whether nobody is let in for now.
    var isAway = false
    /// How often somebody came meanwhile.
    fileprivate(set) var refusals = 0
    /// Whether what is typed is heard by nobody.
    var isDeaf = false
    fileprivate(set) var dropped = 0
    /// How many of the first bytes are not kept any more.
    var forgotten = 0
    /// What it calls the one who types, and how much it took of that; another name makes it a stranger.
    var typist = "k1"
    fileprivate var typed = 0
    /// What the server answers to `GET /api/v1/terminals`.
    var list = "[]"

    fileprivate(set) var input: [UInt8] = []
    /// The text messages of clients.
    fileprivate(set) var controls: [String] = []
    /// What each connection asked for.
    fileprivate(set) var queries: [String] = []
    /// `POST /api/v1/terminals {…}` and the like, in order.
    fileprivate(set) var requests: [String] = []
    fileprivate var readers: [Reader] = []
    fileprivate var port: UInt16 = 0
    fileprivate let change = Waiter()

    var text: String { String(decoding: input, as: UTF8.self) }

    /// The terminal says this, to whoever is there.
    func say(_ text: String, on loop: isolated EventLoop) {
        let bytes = Array(text.utf8)
        said += bytes
        for reader in readers { reader.send(bytes, on: loop) }
    }

    func control(_ message: String, on loop: isolated EventLoop) {
        for reader in readers { reader.socket?.send(text: message, on: loop) }
    }

    /// The network fails: whoever is connected hears nothing more, and no reason.
    func cut() {
        for socket in CInt(3)..<1024 where isOurs(socket) { shutdown(socket, CInt(SHUT_RDWR)) }
    }

    /// Whether it is a connection to this server; the other end of each is another process.
    private func isOurs(_ socket: CInt) -> Bool {
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The socket that listens has no peer.
        let isConnected = unsafe withUnsafeMutableBytes(of: &name) { bytes in
            let place = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            guard unsafe getpeername(socket, place, &length) == 0 else { return false }
            length = socklen_t(bytes.count)
            return unsafe getsockname(socket, place, &length) == 0
        }
        return isConnected && name.sin_family == sa_family_t(AF_INET)
            && UInt16(bigEndian: name.sin_port) == port
    }

    /// The program ends: `"code":7`.
    func exit(_ how: String, on loop: isolated EventLoop) {
        control(#"{"type":"exit","ts":"","data":{\#(how),"killed":0,"took_ms":1}}"#, on: loop)
        close(.normal, "Terminal exited", on: loop)
    }

    func close(_ code: WebSocketCloseCode, _ reason: String, on loop: isolated EventLoop) {
        for reader in readers { reader.socket?.close(code, reason, on: loop) }
    }

    /// Waits until something is so.
    func expect(
        _ what: String, on loop: isolated EventLoop, until isSo: (ScriptedTerminal) -> Bool
    ) async throws {
        let deadline = loop.clock.now + Holdfast.patience
        while !isSo(self) {
            guard await change.wait(until: deadline, on: loop) == .signalled else {
                throw TestFailure("awaited: \(what); typed: \(text); \(controls) \(queries) \(requests)")
            }
        }
    }

    /// Waits until there are so many connections.
    func expectReaders(_ count: Int, on loop: isolated EventLoop) async throws {
        try await expect("\(count) readers", on: loop) { $0.readers.count == count }
    }

    /// One connection.
    fileprivate final class Reader: WebSocketHandler {
        let terminal: ScriptedTerminal
        let after: Int?
        /// As whom it says that it types.
        let typist: String?
        var socket: WebSocket?

        init(of terminal: ScriptedTerminal, _ query: HTTPQuery) {
            self.terminal = terminal
            after = query["after"].flatMap { Int($0) }
            typist = query["typist"]
        }

        func send(_ bytes: some Collection<UInt8>, on loop: isolated EventLoop) {
            let bytes = Array(bytes)
            unsafe bytes.withUnsafeBytes { unsafe socket?.send(.binary, $0, on: loop) }
        }

        func opened(_ socket: WebSocket, on loop: isolated EventLoop) {
            self.socket = socket
            let from = after ?? terminal.forgotten
            if typist != terminal.typist { terminal.typed = 0 }
            let typing = typist.map { _ in #","typist":"\#(terminal.typist)","typed":\#(terminal.typed)"# }
            socket.send(
                text: #"{"type":"attached","ts":"","data":{"id":"t1","offset":\#(from),"cols":80,"rows":24,"#
                    + #""title":"","can_write":\#(terminal.canWrite),"kept_from":\#(terminal.forgotten)\#(typing ?? "")}}"#,
                on: loop)
            if from < terminal.forgotten {
                socket.send(
                    text: #"{"type":"gap","ts":"","data":{"from":\#(from),"to":\#(terminal.forgotten)}}"#,
                    on: loop)
            }
            send(terminal.said.dropFirst(max(from, terminal.forgotten)), on: loop)
            terminal.readers.append(self)
            terminal.change.signal(on: loop)
        }

        func received(
            _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
            on loop: isolated EventLoop
        ) {
            if kind == .binary {
                guard !terminal.isDeaf else {
                    terminal.dropped += payload.count
                    return terminal.change.signal(on: loop)
                }
                unsafe terminal.input += Array(payload)
                terminal.typed += payload.count
                if typist != nil {
                    let offset = terminal.typed
                    socket.send(text: #"{"type":"typed","ts":"","data":{"offset":\#(offset)}}"#, on: loop)
                }
            } else {
                unsafe terminal.controls.append(String(decoding: payload, as: UTF8.self))
            }
            terminal.change.signal(on: loop)
        }

        func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {
            self.socket = nil
            terminal.readers.removeAll { $0 === self }
            terminal.change.signal(on: loop)
        }
    }
}

/// Answers as a server with terminals does.
private struct TerminalService: RequestHandler {
    let terminal: LoopBound<ScriptedTerminal>

    func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
        let terminal = terminal.open(on: loop)
        let path = request.head.target.path
        do throws(HTTPError) {
            if path == "/api/v1/ws/terminals/t1" {
                if terminal.isAway {
                    terminal.refusals += 1
                    terminal.change.signal(on: loop)
                    throw HTTPError(.serviceUnavailable, "Not now.")
                }
                let query = request.head.target.query ?? ""
                terminal.queries.append(query)
                return .webSocket(
                    try WebSocketUpgrade(
                        request.head, handler: ScriptedTerminal.Reader(of: terminal, HTTPQuery(query))))
            }
            let body = String(
                decoding: try await request.body.collect(upTo: 1 << 16, on: loop), as: UTF8.self)
            terminal.requests.append("\(request.head.method) \(path) \(body)")
            terminal.change.signal(on: loop)
            let record = #"{"id":"t1","state":"running","cols":80,"rows":24,"command":"sh","args":["-l"]}"#
            switch (request.head.method, path) {
            case (.get, "/api/v1/me"): return answer(.ok, #"{"account":"ada","role":"admin","sign_in":"x"}"#)
            case (.get, "/api/v1/terminals"): return answer(.ok, #"{"terminals":\#(terminal.list)}"#)
            case (.post, "/api/v1/terminals"): return answer(.created, record)
            case (.get, "/api/v1/terminals/t1"): return answer(.ok, record)
            case (.delete, "/api/v1/terminals/t1"): return answer(.accepted, "{}")
            case (.post, "/api/v1/terminals/t1/share"):
                return answer(
                    .created, #"{"url":"http://x/t","token":"s","expires_at":"2026-01-01T00:00:00Z"}"#)
            default: throw HTTPError(.notFound, "There is no such terminal.")
            }
        } catch {
            return .problem(error, id: request.id)
        }
    }

    private func answer(_ status: HTTPStatus, _ json: String) -> Response {
        Response(status, headers: ["Content-Type": "application/json"], body: .bytes(Array(json.utf8)))
    }

    func finished(_ exchange: Exchange, on loop: isolated EventLoop) {}
}

/// A server with one terminal, `t1`, and the flags by which commands find it.
func withTerminal(
    _ body: @Sendable (ScriptedTerminal, [String], TemporaryFolder, isolated EventLoop) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    try await onLoop { loop in
        let terminal = ScriptedTerminal()
        let policy = TransportPolicy()
        let listener = Listener(
            TerminalService(terminal: LoopBound(terminal, on: loop)), policy: policy,
            admission: Admission(connections: 100, perHost: 100, traffic: policy.traffic), loops: [loop])
        let address = try await listener.start(on: SocketAddress(parsing: "127.0.0.1:0")!)
        terminal.port = address.port
        let flags = ["--url", "http://\(address)", "--token", "secret"]
        let result: Result<Void, any Error>
        do { result = .success(try await body(terminal, flags, folder, loop)) } catch {
            result = .failure(error)
        }
        await listener.stopAccepting()
        _ = await listener.drain(until: loop.clock.now)
        try result.get()
    }
}
