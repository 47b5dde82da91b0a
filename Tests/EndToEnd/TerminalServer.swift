import Glibc
import Loop
import TestKit
import Testing
import Wire

/// A server with terminals, and somebody who may use them.
struct TerminalServer {
    let server: RunningServer
    let bearer: HTTPHeaders

    /// What terminals are like in most tests. These run as whoever runs them, root perhaps, and leave nothing behind.
    static let settings = """
        terminals:
          allow_root: true
          after_hangup: 100ms
          after_terminate: 100ms
          survive_restart: off

        """

    func ask(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, as headers: HTTPHeaders? = nil,
        on loop: isolated EventLoop
    )
        async throws -> (status: HTTPStatus, body: String)
    {
        try await server.ask(method, "/api/v1/\(path)", headers: headers ?? bearer, body: body, on: loop)
    }

    /// Makes one that runs a script, and returns its id.
    func make(_ script: String, more: String = "", on loop: isolated EventLoop) async throws -> String {
        let quoted = JSONText.quoted(script)
        return try await make(wish: #"{"command":"/bin/sh","args":["-c",\#(quoted)]\#(more)}"#, on: loop)
    }

    func make(wish: String, on loop: isolated EventLoop) async throws -> String {
        let made = try await ask(.post, "terminals", wish, on: loop)
        guard made.status == .created, let id = made.body.value(of: "id") else {
            throw TestFailure("it was not made: \(made)")
        }
        return id
    }

    /// Makes an account, and what vouches for it.
    func bearer(of account: String, role: String = "operator", on loop: isolated EventLoop) async throws
        -> HTTPHeaders
    {
        let made = try await ask(
            .post, "accounts", #"{"name":"\#(account)","role":"\#(role)"}"#, on: loop)
        guard made.status == .created else { throw TestFailure("no account was made: \(made)") }
        let token = try await server.run(
            "token", "create", account, "--account", account, "--role", role, on: loop)
        guard token.status == 0 else { throw TestFailure("no token was made: \(token.error)") }
        return ["Authorization": "Bearer \(token.output.dropLast())"]
    }

    func come(
        to id: String, _ query: String = "", as headers: HTTPHeaders? = nil, on loop: isolated EventLoop
    ) async throws -> TerminalVisitor {
        try await TerminalVisitor.come(
            to: "/api/v1/ws/terminals/\(id)\(query)", of: server, as: headers ?? bearer, on: loop)
    }

    /// Waits until an answer says so.
    func wait(for words: String, at path: String, on loop: isolated EventLoop) async throws {
        let deadline = loop.clock.now + Holdfast.patience
        var page = ""
        repeat {
            page = try await ask(.get, path, on: loop).body
            if page.contains(words) { return }
        } while loop.clock.now < deadline
        throw TestFailure("“\(words)” was awaited of \(page)")
    }

    /// Waits until its page says so.
    func wait(for words: String, of id: String, on loop: isolated EventLoop) async throws {
        try await wait(for: words, at: "terminals/\(id)", on: loop)
    }
}

func withTerminals(
    _ more: String = "", settings: String = TerminalServer.settings,
    _ body: @Sendable (TerminalServer, isolated EventLoop) async throws -> Void
) async throws {
    try await withServer(configured: settings + more) { server, _, loop in
        try await body(TerminalServer(server: server, bearer: try await server.bearer("ci", on: loop)), loop)
    }
}

/// How many processes have `words` in their command line.
func processCount(with words: String) -> Int {
    guard let folder = unsafe opendir("/proc") else { return 0 }
    defer { unsafe closedir(folder) }
    var count = 0
    while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
            unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        guard name.allSatisfy(\.isNumber) else { continue }
        let file = unsafe open("/proc/\(name)/cmdline", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { continue }
        var line = [UInt8](repeating: 0, count: 4096)
        let size = unsafe read(file, &line, line.count)
        close(file)
        if size > 0, String(decoding: line[..<size], as: UTF8.self).contains(words) { count += 1 }
    }
    return count
}
