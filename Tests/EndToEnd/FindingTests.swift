import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

/// How commands find the server of a data folder, and to whom they show nothing.
@Suite struct FindingTests {
    private static func isUnavailable(
        _ words: [String], in folder: TemporaryFolder, on loop: isolated EventLoop
    ) async throws {
        for command in [["sessions"], ["watch", "system-status"], ["feeds", "delete", "x"]] {
            let run = try await Holdfast.start(command + words, in: folder, on: loop).finish(on: loop)
            #expect(run.status == 69)
            #expect(run.error.contains("No server runs on the data folder"), "\(run.error)")
        }
    }

    @Test func aServerIsFoundByItsFolderWhateverItsPort() async throws {
        try await withServer { server, folder, loop in
            let list = try await Holdfast.start(["sessions", "--data", server.data], in: folder, on: loop)
                .finish(on: loop)
            #expect(list.status == 0)
            #expect(list.output.hasPrefix("ID "))
            let link = try await Holdfast.start(["login-link", "--data", server.data], in: folder, on: loop)
                .finish(on: loop)
            #expect(link.output.hasPrefix("\(server.url)/sign-in?token="))
        }
    }

    @Test func aServerOnAUnixSocketOnlyIsFoundAndLeavesNoFile() async throws {
        try await onLoop { loop in
            let folder = try TemporaryFolder()
            let path = folder.file("server.sock")
            // What a server that was killed leaves behind.
            let words = ["serve", "--data", folder.file("data"), "--listen", "unix:\(path)"]
            for round in 0..<2 {
                let server = try await Holdfast.start(words, in: folder, on: loop)
                try await server.output.read(within: Holdfast.patience, on: loop) { $0.contains("\n") }
                #expect(server.output.text == "ready unix:\(path)\n", "\(server.error.text)")
                var status = stat()
                #expect(unsafe lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
                let flags = ["--data", folder.file("data")]
                for command in [["sessions"], ["watch", "system-status", "--count", "1"]] {
                    let run = try await Holdfast.start(command + flags, in: folder, on: loop).finish(on: loop)
                    #expect(run.status == 0, "\(run.error)")
                }
                let link = try await Holdfast.start(["login-link"] + flags, in: folder, on: loop).finish(
                    on: loop)
                #expect(link.status == 64)
                #expect(link.error.contains("--url"))
                server.child.signal(round == 0 ? SIGKILL : SIGTERM)
                if round == 0 {
                    await server.stop(on: loop)
                    #expect(unsafe access(path, F_OK) == 0)
                } else {
                    #expect(try await server.finish(on: loop).status == 0)
                    #expect(unsafe access(path, F_OK) != 0)
                }
            }
        }
    }

    @Test func withoutAServerNobodyIsShownAToken() async throws {
        try await onLoop { loop in
            let folder = try TemporaryFolder()
            let data = folder.file("data")
            let made = try await Holdfast.start(
                ["token", "create", "ci", "--data", data], in: folder, on: loop
            )
            .finish(on: loop)
            #expect(made.status == 0)
            let impostor = try ScriptedServer(on: loop)
            defer { impostor.close(on: loop) }
            try await Self.isUnavailable(
                ["--data", data, "--listen", "\(impostor.address)"], in: folder, on: loop)
            let link = try await Holdfast.start(
                ["login-link", "--data", data, "--listen", "127.0.0.1:0"], in: folder, on: loop
            ).finish(on: loop)
            #expect(link.status == 69)
            let url = "http://\(impostor.address)"
            try await Self.isUnavailable(["--data", data, "--url", url], in: folder, on: loop)
            #expect(!impostor.hasArrivals)
        }
    }

    @Test func whoTookTheAddressOfAKilledServerIsShownNothing() async throws {
        try await withServer { server, folder, loop in
            server.program.child.signal(SIGKILL)
            await server.program.stop(on: loop)
            let impostor = try ScriptedServer(at: URLAddress(server.url).port, on: loop)
            defer { impostor.close(on: loop) }
            try await Self.isUnavailable(["--data", server.data], in: folder, on: loop)
            #expect(!impostor.hasArrivals)
        }
    }

    @Test func aTokenThatWasGivenIsShownAtTheAddressThatWasGiven() async throws {
        try await withServer { server, folder, loop in
            let token = try await Holdfast.start(
                ["token", "create", "ci", "--role", "admin", "--data", server.data], in: folder, on: loop
            ).finish(on: loop).output.dropLast()
            // Another folder, which nobody serves: the address is what counts.
            let words = ["sessions", "--data", folder.file("none"), "--token", String(token)]
            let address = String(server.url.dropFirst("http://".count))
            for flags in [["--url", server.url], ["--listen", address]] {
                let run = try await Holdfast.start(words + flags, in: folder, on: loop).finish(on: loop)
                #expect(run.status == 0, "\(run.error)")
            }
        }
    }
}
