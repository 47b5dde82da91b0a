import Loop
import TestKit
import Transport
import Wire

/// A WebSocket on a terminal, and all that came over it. Lives on one loop; who made it closes it, or the server does.
final class TerminalVisitor {
    private let client: WebSocketClient
    private(set) var bytes: [UInt8] = []
    private(set) var remarks: [String] = []
    private(set) var closure: WebSocketClosure?

    private init(_ client: WebSocketClient) { self.client = client }

    static func come(
        to path: String, of server: RunningServer, as headers: HTTPHeaders = [:], on loop: isolated EventLoop
    ) async throws -> TerminalVisitor {
        let url = path.hasPrefix("ws") ? path : "ws" + server.url.dropFirst("http".count) + path
        let request = WebSocketRequest(
            try URLAddress(url), headers: headers, subprotocols: [], deflate: nil, at: nil)
        // What a test types waits here, and not in the test.
        var policy = TransportPolicy.Values()
        policy.outboundBytes = 8 << 20
        let client = try await WebSocketClient.connect(
            request, policy: TransportPolicy(policy), until: loop.clock.now + Holdfast.patience, on: loop)
        return TerminalVisitor(client)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Waits until it has heard enough; the end must not come before.
    func hear(_ isEnough: (TerminalVisitor) -> Bool, on loop: isolated EventLoop) async throws {
        let deadline = loop.clock.now + Holdfast.patience
        while !isEnough(self) {
            guard closure == nil else { throw TestFailure("it ended: \(self)") }
            try await take(until: deadline, on: loop)
        }
    }

    func hear(_ words: String, on loop: isolated EventLoop) async throws {
        try await hear({ $0.text.contains(words) }, on: loop)
    }

    func hear(remark words: String, on loop: isolated EventLoop) async throws {
        try await hear({ $0.remarks.contains { $0.contains(words) } }, on: loop)
    }

    /// Waits for the server's end of it.
    func hearTheEnd(on loop: isolated EventLoop) async throws -> WebSocketClosure {
        let deadline = loop.clock.now + Holdfast.patience
        while true {
            if let closure { return closure }
            try await take(until: deadline, on: loop)
        }
    }

    private func take(until deadline: Instant, on loop: isolated EventLoop) async throws {
        do {
            switch try await client.receive(until: deadline, on: loop) {
            case .message(.binary, let payload): bytes += payload
            case .message(.text, let payload): remarks.append(String(decoding: payload, as: UTF8.self))
            case .closed(let closure): self.closure = closure
            }
        } catch {
            throw TestFailure("nothing more came (\(error)): \(self)")
        }
    }

    func type(_ text: String, on loop: isolated EventLoop) {
        client.send(.binary, Array(text.utf8), on: loop)
    }
    func type(_ bytes: [UInt8], on loop: isolated EventLoop) { client.send(.binary, bytes, on: loop) }
    func say(_ text: String, on loop: isolated EventLoop) { client.send(text: text, on: loop) }
    func abort(on loop: isolated EventLoop) { client.abort(on: loop) }
}

extension TerminalVisitor: CustomStringConvertible {
    private var end: String {
        closure.map { "\($0.cause) \($0.code?.rawValue ?? 1005) “\($0.reason)”" } ?? "it is open"
    }

    var description: String {
        "\(bytes.count) bytes, … “\(text.suffix(300))”, \(remarks.suffix(5)), \(end)"
    }
}
