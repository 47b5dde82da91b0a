import Glibc
import Loop
import Server
import Store
import Synchronization
import TestKit
import Testing
import Transport
import Wire

/// The server's disk is full, or another process holds its database.
@Suite struct TroubledStoreTests {
    @Test func aFullDiskIsSaidHarmsNoSessionAndIsForgottenOnceThereIsSpace() async throws {
        try await withServer { server, _, loop in
            let admin = try await server.bearer("ci", on: loop)
            try await Self.limitFiles(of: server, to: "4096", on: loop)
            let token = #"{"name":"second","role":"viewer"}"#
            let account = #"{"name":"ann","role":"viewer","password":"correct horse battery"}"#
            for (path, body) in [("tokens", token), ("accounts", account)] {
                let refused = try await server.ask(
                    .post, "/api/v1/\(path)", headers: admin, body: body, on: loop)
                #expect(refused.status == .insufficientStorage)
                #expect(refused.body.contains("The disk is full. Nothing was changed"), "\(refused.body)")
            }
            #expect(try await server.ask(.get, "/readyz", on: loop).status == .serviceUnavailable)
            #expect(try await server.ask(.get, "/healthz", on: loop).status == .ok)
            // What cannot be written down goes on all the same.
            for _ in 0..<20 {
                let socket = try await server.listen(
                    to: "/api/v1/ws/feeds/routes", headers: admin, on: loop)
                #expect(try await socket.text(on: loop).contains("routes_update"))
                try await socket.close(on: loop)
            }
            let said = "the audit trail cannot be written"
            try await server.program.error.read(within: Holdfast.patience, on: loop) { $0.contains(said) }
            let metrics = try await server.ask(.get, "/metrics", headers: admin, on: loop).body
            #expect(!metrics.contains("holdfast_audit_entries_waiting 0\n"))

            try await Self.limitFiles(of: server, to: "unlimited", on: loop)
            let recovered = "the audit trail is written again"
            try await server.program.error.read(within: Holdfast.patience, on: loop) {
                $0.contains(recovered)
            }
            let lines = server.program.error.text.split(separator: "\n")
            #expect(lines.filter { $0.contains(said) }.count == 1)
            #expect(lines.filter { $0.contains(recovered) }.count == 1)
            let trail = try await server.ask(.get, "/api/v1/audit?limit=1000", headers: admin, on: loop).body
            #expect(trail.split(separator: #""event":"session_closed""#).count > 20)
            #expect(trail.contains(#""dropped":0"#))
            let tokens = try await server.ask(.get, "/api/v1/tokens", headers: admin, on: loop).body
            #expect(tokens.contains(#""name":"ci""#) && !tokens.contains(#""name":"second""#))
            for (path, body) in [("tokens", token), ("accounts", account)] {
                let made = try await server.ask(
                    .post, "/api/v1/\(path)", headers: admin, body: body, on: loop)
                #expect(made.status == .created)
            }
            let deadline = loop.clock.now + Holdfast.patience
            while try await server.ask(.get, "/readyz", on: loop).status != .ok {
                try #require(loop.clock.now < deadline)
            }
        }
    }

    @Test func aLockedDatabaseIsSaidAndForgottenOnceItIsFree() async throws {
        try await withServer { server, _, loop in
            let admin = try await server.bearer("ci", on: loop)
            let guest = try Store(folder: server.data, role: .guest, migrations: HoldfastServer.migrations)
            let gate = Gate()
            async let held: Void = guest.write(timeout: .seconds(120)) { db in
                try db.run("delete from sign_in_link")
                gate.wait()
            }
            await gate.reached()
            let command = try await Holdfast.start(
                ["token", "create", "third", "--data", server.data], in: server.folder, on: loop)
            let token = #"{"name":"second","role":"viewer"}"#
            let refused = try await server.answer(
                to: .post, "/api/v1/tokens", headers: admin, body: token, on: loop)
            #expect(refused.head.status == .serviceUnavailable)
            #expect(refused.head.headers["Retry-After"] == "1")
            #expect(refused.body.contains("The database is busy. Nothing was changed"))
            // Whoever only reads is not held up.
            #expect(try await server.ask(.get, "/api/v1/tokens", headers: admin, on: loop).status == .ok)
            let end = try await command.finish(on: loop)
            #expect(end.status == 75)
            #expect(end.output == "")
            gate.open()
            try await held
            await guest.close()
            let made = try await server.ask(.post, "/api/v1/tokens", headers: admin, body: token, on: loop)
            #expect(made.status == .created)
        }
    }

    /// Lets none of the server's files grow beyond so many bytes, as a full disk would.
    private static func limitFiles(
        of server: RunningServer, to bytes: String, on loop: isolated EventLoop
    ) async throws {
        let words = ["--pid", "\(server.program.child.pid)", "--fsize=\(bytes):"]
        let deadline = loop.clock.now + Holdfast.patience
        let spec = ProcessSpec("/usr/bin/prlimit", words)
        let prlimit = try await ChildProcess.spawn(spec, until: deadline, on: loop)
        let end = await prlimit.wait(until: deadline, on: loop)
        _ = await prlimit.stop(on: loop)
        guard case .exited(0)? = end?.exit else { throw TestFailure("prlimit: \(String(describing: end))") }
    }
}

/// Where a body on a store's thread stops until the test lets it go on.
private final class Gate: Sendable {
    private let arrived = AsyncStream<Void>.makeStream()
    private let isOpen = Atomic(false)

    func wait() {
        arrived.continuation.yield()
        // The thread is the store's own, and meant to be held.
        while !isOpen.load(ordering: .sequentiallyConsistent) { sched_yield() }
    }

    func reached() async { for await _ in arrived.stream { return } }
    func open() { isOpen.store(true, ordering: .sequentiallyConsistent) }
}
