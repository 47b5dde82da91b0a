import EchoService
import Loop
import Transport

/// An echo on Transport alone.
struct EchoCount {
    private static let connections = 100
    private static let bursts = 20

    private let clients: [Client]

    init(port: UInt16) throws {
        clients = try (0..<Self.connections).map { _ in try Client(to: "/", port: port) }
    }

    /// Serves until the program ends.
    static func serve() async throws -> UInt16 {
        let group = try LoopGroup(count: 1)
        let policy = TransportPolicy()
        let listener = Listener(
            EchoService(), policy: policy, admission: Admission(traffic: policy.traffic), loops: group.loops)
        let port = try await listener.start(on: SocketAddress(parsing: "127.0.0.1:0")!).port
        Task.detached {
            await group.loops[0].sleep(until: .distantFuture)
            await group.stop()
        }
        return port
    }

    func finding(inFlight size: Int) throws -> Finding {
        let burst = Client.frames(String(repeating: "x", count: 128), times: size)
        let counts = try Counts.least(of: 5) {
            for _ in 0..<Self.bursts {
                for client in clients { try client.send(burst) }
                for client in clients { try client.hear(size) }
            }
        }
        let bursts = Self.bursts * clients.count
        return Finding(
            what: "echoed, \(size) in flight", counts: counts, messages: bursts * size, bursts: bursts)
    }
}
