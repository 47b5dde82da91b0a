import Configuration
import Glibc
import Loop
import Server
import Sessions
import Store
import TestKit

/// The whole server in this process, wired as `holdfast serve` wires it, on one loop. What it does by the clock is
/// put off where that can be set.
struct RunningServer {
    let port: UInt16
    let token: String
    private let folder: TemporaryFolder
    private let end: Task<Void, Never>

    static func start() async throws -> RunningServer {
        let folder = try TemporaryFolder()
        let port = try Loopback.freePort()
        let token = try await makeToken(in: folder.path)
        let flags = [
            ("data", folder.path), ("listen", "127.0.0.1:\(port)"), ("loops", "1"), ("log.level", "error"),
            ("log.access", "false"), ("system_status.interval", "1h"), ("deadlines.ping_interval", "1h"),
        ].map { SettingSources.Flag($0.0, $0.1) }
        let end = Task.detached {
            _ = try? await HoldfastServer.run { () throws(ConfigurationError) in
                try SettingSources(flags: flags).read { Settings($0) }
            }
        }
        // Until then the port is nobody's.
        while !Loopback.isListened(to: port) { try await Task.sleep(for: .milliseconds(10)) }
        return RunningServer(port: port, token: token, folder: folder, end: end)
    }

    /// Stops it as an init system does.
    func stop() async {
        kill(getpid(), SIGTERM)
        await end.value
    }

    private static func makeToken(in folder: String) async throws -> String {
        let store = try Store(folder: folder, migrations: HoldfastServer.migrations)
        let token = try await AccountStorage(store).createToken(
            named: "counts", for: nil, role: .admin, expires: nil)
        await store.close()
        return token.secret.text
    }
}
