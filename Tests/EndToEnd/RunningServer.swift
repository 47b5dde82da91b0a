import Loop
import TestKit
import Transport
import Wire

/// `holdfast serve` on a data folder, ready. Lives on one loop; its owner calls `stop`.
final class RunningServer {
    let program: Holdfast
    let url: String
    let folder: TemporaryFolder

    var data: String { folder.file("data") }
    /// What a client command needs to find it, and to be let in.
    var flags: [String] { ["--data", data] }

    private init(_ program: Holdfast, _ url: String, _ folder: TemporaryFolder) {
        self.program = program
        self.url = url
        self.folder = folder
    }

    /// - Parameter address: a port of the system's choice, or the one of a server before.
    static func start(
        in folder: TemporaryFolder, at address: String = "127.0.0.1:0", environment: [String: String] = [:],
        on loop: isolated EventLoop
    ) async throws -> RunningServer {
        let words = ["serve", "--data", folder.file("data"), "--listen", address]
        let program = try await Holdfast.start(words, in: folder, environment: environment, on: loop)
        let said = try await program.output.read(within: Holdfast.patience, on: loop) { $0.contains("\n") }
        guard said.hasPrefix("ready http://"), said.hasSuffix("\n") else {
            await program.stop(on: loop)
            throw TestFailure("it is not ready: “\(said)”, \(program.error.text)")
        }
        return RunningServer(program, String(said.dropFirst(6).dropLast()), folder)
    }

    /// Runs a client command against it, to its end.
    func run(_ words: String..., on loop: isolated EventLoop) async throws -> Holdfast.Finished {
        try await Holdfast.start(words + flags, in: folder, on: loop).finish(on: loop)
    }

    /// Starts one that goes on.
    func start(_ words: String..., on loop: isolated EventLoop) async throws -> Holdfast {
        try await Holdfast.start(words + flags, in: folder, on: loop)
    }

    /// Makes a token beside it, and says what vouches by it.
    func bearer(_ name: String, role: String = "admin", on loop: isolated EventLoop) async throws
        -> HTTPHeaders
    {
        let words = ["token", "create", name, "--role", role, "--data", data]
        let made = try await Holdfast.start(words, in: folder, on: loop).finish(on: loop)
        guard made.status == 0 else { throw TestFailure("no token was made: \(made.error)") }
        return ["Authorization": "Bearer \(made.output.dropLast())"]
    }

    /// Signs in as a page does, and says what the browser has to show from then on.
    func signIn(_ name: String, _ password: String, on loop: isolated EventLoop) async throws -> HTTPHeaders {
        let wanted = #"{"name":"\#(name)","password":"\#(password)"}"#
        let head = try await answer(to: .post, "/api/v1/sign-in", body: wanted, on: loop).head
        guard let cookie = head.headers["Set-Cookie"]?.prefix(while: { $0 != ";" }) else {
            throw TestFailure("\(name) was not signed in: \(head.status)")
        }
        return ["Cookie": String(cookie)]
    }

    /// Asks it once, over a connection of its own.
    func ask(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: String? = nil,
        on loop: isolated EventLoop
    ) async throws -> (status: HTTPStatus, body: String) {
        let (head, body) = try await answer(to: method, path, headers: headers, body: body, on: loop)
        return (head.status, body)
    }

    /// The same, with the answer's headers.
    func answer(
        to method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: String? = nil,
        on loop: isolated EventLoop
    ) async throws -> (head: HTTPResponseHead, body: String) {
        var headers = headers
        if body != nil { headers.append(.contentType, "application/json") }
        let client = HTTPClient()
        defer { client.close(on: loop) }
        let request = ClientRequest(
            method, try URLAddress(url + path), headers: headers, body: body.map { Array($0.utf8) })
        let (head, bytes) = try await client.fetch(
            request, until: loop.clock.now + Holdfast.patience, on: loop)
        return (head, String(decoding: bytes, as: UTF8.self))
    }

    /// Opens a WebSocket on it.
    func listen(to path: String, headers: HTTPHeaders = [:], on loop: isolated EventLoop) async throws
        -> TestClient
    {
        try await TestClient.connect(
            "ws" + url.dropFirst("http".count) + path, headers: headers, patience: Holdfast.patience, on: loop
        )
    }

    /// Asks for a WebSocket by hand, for a peer that reads and answers only when the test does.
    func upgrade(_ path: String, header: String, on loop: isolated EventLoop) async throws -> ClientStream {
        let deadline = loop.clock.now + Holdfast.patience
        let address = try URLAddress(url)
        let stream = try await Dialler().connect(to: address, until: deadline, on: loop)
        let lines = [
            "GET \(path) HTTP/1.1", "Host: \(address.authority)", header, "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
        ]
        do {
            try await stream.write(Array(lines.joined(separator: "\r\n").utf8), until: deadline, on: loop)
        } catch {
            stream.close(on: loop)
            throw error
        }
        return stream
    }
}

/// Runs `body` with a server of its own, which is gone afterwards.
func withServer(
    configured yaml: String = "",
    _ body: @Sendable (RunningServer, TemporaryFolder, isolated EventLoop) async throws -> Void
) async throws {
    try await onLoop { loop in
        let folder = try TemporaryFolder()
        let file = folder.file("holdfast.yaml")
        try write(yaml, to: file)
        let server = try await RunningServer.start(
            in: folder, environment: ["HOLDFAST_CONFIG": file], on: loop)
        do {
            try await body(server, folder, loop)
        } catch {
            await server.program.stop(on: loop)
            throw error
        }
        await server.program.stop(on: loop)
    }
}
