import EchoService
import Loop
import Transport
import Wire

/// The client that the conformance suite examines: it asks for the cases one after the other and sends back
/// whatever it hears.
struct ConformanceClient {
    private static let agent = "holdfast"
    private static let patience = Duration.seconds(300)

    let base: String
    private let policy = TransportPolicy(.forConformance)

    func run(on loop: isolated EventLoop) async throws {
        let count = try await caseCount(on: loop)
        for number in 1...max(1, count) {
            let socket = Echo()
            let request = WebSocketRequest(
                try URLAddress("\(base)/runCase?case=\(number)&agent=\(Self.agent)"),
                deflate: PermessageDeflate())
            _ = try await WebSocket.connect(
                request, policy: policy, handler: socket, until: loop.clock.now + Self.patience, on: loop)
            _ = await socket.end.wait(until: loop.clock.now + Self.patience, on: loop)
        }
        let report = try await open("/updateReports?agent=\(Self.agent)", on: loop)
        while case .message = try await report.receive(until: loop.clock.now + Self.patience, on: loop) {}
        print("\(count) cases were run")
    }

    private func caseCount(on loop: isolated EventLoop) async throws -> Int {
        let client = try await open("/getCaseCount", on: loop)
        var count = 0
        while case .message(_, let payload) = try await client.receive(
            until: loop.clock.now + Self.patience, on: loop)
        {
            count = Int(String(decoding: payload, as: UTF8.self)) ?? 0
        }
        return count
    }

    private func open(_ path: String, on loop: isolated EventLoop) async throws -> WebSocketClient {
        try await WebSocketClient.connect(
            WebSocketRequest(URLAddress(base + path)), policy: policy,
            until: loop.clock.now + Self.patience, on: loop)
    }
}
