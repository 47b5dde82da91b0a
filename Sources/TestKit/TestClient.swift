package import Loop
package import Transport
package import Wire

/// A WebSocket client whose every wait has a deadline, and which says what came instead of what was awaited.
package final class TestClient {
    private let client: WebSocketClient
    private let patience: Duration

    private init(_ client: WebSocketClient, _ patience: Duration) {
        self.client = client
        self.patience = patience
    }

    package static func connect(
        _ url: String, headers: HTTPHeaders = [:], subprotocols: [String] = [],
        deflate: PermessageDeflate? = nil, at address: SocketAddress? = nil, by dialler: Dialler = Dialler(),
        policy: TransportPolicy = TransportPolicy(), patience: Duration = .seconds(10),
        on loop: isolated EventLoop
    ) async throws -> TestClient {
        let request = WebSocketRequest(
            try URLAddress(url), headers: headers, subprotocols: subprotocols, deflate: deflate, at: address)
        let client = try await WebSocketClient.connect(
            request, by: dialler, policy: policy, until: loop.clock.now + patience, on: loop)
        let test = TestClient(client, patience)
        Strays.note(test, on: loop)
        return test
    }

    package var subprotocol: String? { client.subprotocol }

    /// The next message, which must be text.
    package func text(on loop: isolated EventLoop) async throws -> String {
        let arrival = try await next("a text", on: loop)
        guard case .message(.text, let payload) = arrival else { throw Self.failure("a text", arrival) }
        return String(decoding: payload, as: UTF8.self)
    }

    /// The next message, which must be binary.
    package func binary(on loop: isolated EventLoop) async throws -> [UInt8] {
        let arrival = try await next("a binary message", on: loop)
        guard case .message(.binary, let payload) = arrival else {
            throw Self.failure("a binary message", arrival)
        }
        return payload
    }

    /// The end, which must come next.
    package func closed(on loop: isolated EventLoop) async throws -> WebSocketClosure {
        let arrival = try await next("the end", on: loop)
        guard case .closed(let closure) = arrival else { throw Self.failure("the end", arrival) }
        return closure
    }

    package func send(_ text: String, on loop: isolated EventLoop) { client.send(text: text, on: loop) }

    package func send(_ bytes: [UInt8], on loop: isolated EventLoop) {
        client.send(.binary, bytes, on: loop)
    }

    /// Says good-bye and awaits the answer; what still comes before it is dropped.
    @discardableResult
    package func close(
        _ code: WebSocketCloseCode = .normal, _ reason: String = "", on loop: isolated EventLoop
    ) async throws -> WebSocketClosure {
        client.close(code, reason, on: loop)
        let deadline = loop.clock.now + patience
        while true {
            if case .closed(let closure) = try await client.receive(until: deadline, on: loop) {
                return closure
            }
        }
    }

    package func abort(on loop: isolated EventLoop) { client.abort(on: loop) }

    private func next(
        _ awaited: String, on loop: isolated EventLoop
    ) async throws -> WebSocketClient.Arrival {
        do {
            return try await client.receive(until: loop.clock.now + patience, on: loop)
        } catch {
            throw TestFailure("waited for \(awaited), but: \(error)")
        }
    }

    private static func failure(_ awaited: String, _ arrival: WebSocketClient.Arrival) -> TestFailure {
        let came =
            switch arrival {
            case .message(.text, let payload):
                "the text “\(String(decoding: payload.prefix(500), as: UTF8.self))”"
            case .message(.binary, let payload): "\(payload.count) binary bytes \(payload.prefix(64))"
            case .closed(let closure):
                "the end (\(closure.cause), \(closure.code?.rawValue ?? 1005) “\(closure.reason)”)"
            }
        return TestFailure("waited for \(awaited), but got \(came)")
    }
}
