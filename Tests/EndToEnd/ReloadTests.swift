import Glibc
import Loop
import Server
import Store
import TestKit
import Testing
import Wire

@Suite struct ReloadTests {
    /// Changes the settings under the server, tells it, and waits until it has said `line`.
    private static func reload(
        _ yaml: String, saying line: String, _ server: RunningServer, _ folder: TemporaryFolder,
        on loop: isolated EventLoop
    ) async throws {
        try write(yaml, to: folder.file("holdfast.yaml"))
        server.program.child.signal(SIGHUP)
        try await server.program.error.read(within: Holdfast.patience, on: loop) { $0.contains(line) }
        #expect(server.program.error.text.contains(line))
    }

    @Test func aSettingThatReloadsIsTakenUpAndAnotherIsNamed() async throws {
        try await withServer(configured: "loops: 1\nlog:\n  access: false\n") { server, folder, loop in
            #expect(try await server.ask(.get, "/healthz?before", on: loop).status == .ok)
            try await Self.reload(
                "loops: 2\nlog:\n  access: true\n", saying: "some settings wait for a restart", server,
                folder,
                on: loop)
            #expect(try await server.ask(.get, "/healthz?after", on: loop).status == .ok)
            try await server.program.error.read(within: Holdfast.patience, on: loop) {
                $0.contains("healthz?after")
            }
            server.program.child.signal(SIGTERM)
            let end = try await server.program.finish(on: loop)
            #expect(end.status == 0)
            #expect(end.error.contains("read certificates and settings again"))
            #expect(end.error.contains("healthz?after"))
            #expect(!end.error.contains("healthz?before"))
            let left = end.error.split(separator: "\n").filter { $0.contains("wait for a restart") }
            #expect(left.count == 1)
            #expect(left.first?.contains("loops") ?? false, "\(left)")
            #expect(!(left.first?.contains("log.access") ?? true), "\(left)")
        }
    }

    @Test func settingsThatCannotBeReadLeaveAllAsItWas() async throws {
        try await withServer(configured: "log:\n  access: true\n") { server, folder, loop in
            try await Self.reload(
                "log:\n  access: false\nloop: 2\n", saying: "nothing was taken up", server, folder, on: loop)
            let mistake =
                "\(folder.file("holdfast.yaml")):3:1: loop: is not a known key; did you mean `loops`?"
            #expect(
                server.program.error.text.contains(#""reason":"\#(mistake)"#), "\(server.program.error.text)")
            #expect(try await server.ask(.get, "/healthz?after", on: loop).status == .ok)
            try await server.program.error.read(within: Holdfast.patience, on: loop) {
                $0.contains("healthz?after")
            }
            #expect(server.program.error.text.contains("healthz?after"))
        }
    }

    @Test func theAuditTrailHasWhatChangedByNameAndNoValue() async throws {
        let first = "loops: 1\naccounts:\n  login_attempts: 7\n"
        try await withServer(configured: first) { server, folder, loop in
            let headers = try await server.bearer("ci", on: loop)
            for (round, attempts) in [4711, 4712].enumerated() {
                let yaml = "loops: 3\naccounts:\n  login_attempts: \(attempts)\n"
                try write(yaml, to: folder.file("holdfast.yaml"))
                server.program.child.signal(SIGHUP)
                try await server.program.error.read(within: Holdfast.patience, on: loop) {
                    $0.split(separator: "read certificates and settings again").count == round + 2
                }
            }
            try await Self.reload(
                "loops: 3\nlog:\n  level: 4713\n", saying: "nothing was taken up", server, folder, on: loop)
            var entries = ""
            let deadline = loop.clock.now + Holdfast.patience
            while !entries.contains("refused, nothing was changed"), loop.clock.now < deadline {
                entries = try await server.ask(.get, "/api/v1/audit", headers: headers, on: loop).body
            }
            let details = entries.split(separator: #""event":"configuration_changed""#).dropFirst()
            #expect(details.count == 3)
            for detail in [
                "refused, nothing was changed: log.level", #""changed: accounts.login_attempts""#,
                "changed: loops accounts.login_attempts; at the next start only: loops",
            ] {
                #expect(entries.contains(detail), "\(entries)")
            }
            for value in ["4711", "4712", "4713"] { #expect(!entries.contains(value)) }
        }
    }

    @Test func theAuditTrailHasThatTheCertificateWasReadAgain() async throws {
        try await onLoop { loop in
            let folder = try TemporaryFolder()
            let (certificate, key) = (folder.file("certificate.pem"), folder.file("key.pem"))
            let identity = try TestCertificate(names: ["IP:127.0.0.1"])
            try identity.writeCertificate(to: certificate)
            try identity.writeKey(to: key)
            let words = [
                "serve", "--data", folder.file("data"), "--listen", "127.0.0.1:0", "--tls.certificate",
                certificate, "--tls.key", key,
            ]
            let server = try await Holdfast.start(words, in: folder, on: loop)
            try await server.output.read(within: Holdfast.patience, on: loop) { $0.contains("\n") }
            for line in ["read certificates and settings again", "nothing was taken up"] {
                server.child.signal(SIGHUP)
                try await server.error.read(within: Holdfast.patience, on: loop) { $0.contains(line) }
                try write("no certificate", to: certificate)
            }
            server.child.signal(SIGTERM)
            #expect(try await server.finish(on: loop).status == 0)
            let store = try Store(folder: folder.file("data"), migrations: HoldfastServer.migrations)
            let details = try await store.read { db in
                try db.all("select detail from audit where event = 'configuration_changed' order by id") {
                    try $0[0, as: String.self]
                }
            }
            await store.close()
            #expect(
                details == ["certificate and key read again", "refused, nothing was changed: tls"],
                "\(server.error.text)")
        }
    }
}
