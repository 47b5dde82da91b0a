import Glibc
import Loop
import TestKit
import Testing
import Wire

/// What a script learns of a server that does not start.
@Suite struct StartFailureTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Its exit status; it has said why, and not that it is ready.
    private func status(of flags: [String], limits: [ProcessSpec.Limit] = []) async throws -> CInt {
        let words = ["serve", "--data", folder.file("data"), "--listen", "127.0.0.1:0"] + flags
        return try await onLoop { loop in
            let run = try await Holdfast.start(words, in: folder, limits: limits, on: loop).finish(on: loop)
            #expect(run.output == "")
            #expect(run.error.contains("the server cannot start"), "\(run.error)")
            return run.status
        }
    }

    @Test func aConfigurationThatCannotBeUsedIs78() async throws {
        #expect(try await status(of: ["--static_folder", folder.file("nowhere")]) == 78)
        let file = folder.file("no.pem")
        #expect(try await status(of: ["--tls.certificate", file, "--tls.key", file]) == 78)
    }

    @Test func aSecretThatCouldNotBeMaskedIs78AndNotSaid() async throws {
        try write("tasks:\n  secrets: [GOOD, SHORT]\n", to: folder.file("holdfast.yaml"))
        try await onLoop { loop in
            let words = ["serve", "--data", folder.file("data"), "--listen", "127.0.0.1:0"]
            let run = try await Holdfast.start(
                words, in: folder, environment: ["GOOD": "long enough", "SHORT": "q7z"], on: loop
            ).finish(on: loop)
            #expect(run.status == 78)
            #expect(
                run.error.contains(
                    "holdfast.yaml:2:12: tasks.secrets: names the variable SHORT, whose value has no line of at "
                        + "least 4 bytes"), "\(run.error)")
            #expect(!run.error.contains("q7z") && !run.error.contains("GOOD"))
        }
    }

    @Test func aCertificateThatIsAPipeIs78AndNotWaitedFor() async throws {
        let pipe = folder.file("pipe.pem")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        #expect(try await status(of: ["--tls.certificate", pipe, "--tls.key", pipe]) == 78)
    }

    @Test func aStaticFolderThatHasTheDatabaseInItIs78() async throws {
        let data = folder.file("data")
        #expect(unsafe mkdir(data, 0o700) == 0 && mkdir("\(data)/files", 0o700) == 0)
        #expect(unsafe symlink(folder.path, folder.file("link")) == 0)
        for place in [folder.path, folder.file("link"), data, "\(data)/files"] {
            let run = try await onLoop { loop in
                let words = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--static_folder", place]
                return try await Holdfast.start(words, in: folder, on: loop).finish(on: loop)
            }
            #expect(run.status == 78 && run.output == "", "\(place)")
            #expect(run.error.contains("anybody could read the database"), "\(run.error)")
        }
    }

    @Test func aFileThatIsMeantForASocketStaysAsItIsAndThatIs69() async throws {
        let file = folder.file("precious.txt")
        try write("precious\n", to: file)
        let run = try await onLoop { loop in
            let words = ["serve", "--data", folder.file("data"), "--listen", "unix:\(file)"]
            return try await Holdfast.start(words, in: folder, on: loop).finish(on: loop)
        }
        #expect(run.status == 69)
        #expect(
            run.error.contains("bind unix:\(file), which is no socket and is left as it is"), "\(run.error)")
        #expect(contents(of: file) == "precious\n")
    }

    @Test func anotherMachineWithoutAccountsIs78() async throws {
        let words = ["serve", "--data", folder.file("data"), "--insecure.allow_remote_without_tls"]
        let run = try await onLoop { loop in
            try await Holdfast.start(words + ["--listen", "0.0.0.0:0"], in: folder, on: loop).finish(on: loop)
        }
        #expect(run.status == 78)
        #expect(run.error.contains("there is no account yet"))
    }

    @Test func aFolderThatCannotBeMadeIs73() async throws {
        try write("", to: folder.file("data"))
        #expect(try await status(of: []) == 73)
    }

    @Test(.enabled(if: getuid() != 0, "root may do everything"))
    func whatIsNotPermittedIs77() async throws {
        #expect(unsafe mkdir(folder.file("data"), 0o500) == 0)
        #expect(try await status(of: []) == 77)
    }

    @Test func anAddressInUseIs69AndAFolderInUse79() async throws {
        try await withServer { server, folder, loop in
            let address = String(server.url.dropFirst("http://".count))
            let words = ["serve", "--listen", address, "--data"]
            let other = try await Holdfast.start(words + [folder.file("other")], in: folder, on: loop)
                .finish(on: loop)
            #expect(other.status == 69)
            #expect(other.error.contains("bind \(address): Address already in use"))
            let second = try await Holdfast.start(words + [server.data], in: folder, on: loop).finish(
                on: loop)
            #expect(second.status == 79)
            #expect(second.output == "")
            #expect(second.error.contains("\(server.program.child.pid)"), "the first is named")
        }
    }

    /// Wherever they run out: it either serves, or says why not. It never ends as if all were well.
    @Test func aServerWithoutDescriptorsFailsAndSaysSo() async throws {
        try await onLoop { loop in
            for count: UInt64 in 8...64 {
                let words = [
                    "serve", "--data", folder.file("data"), "--listen", "127.0.0.1:0", "--loops", "2",
                ]
                let run = try await Holdfast.start(
                    words, in: folder, limits: [.init(.openFiles, count)], on: loop)
                try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("\n") }
                if run.output.text.hasPrefix("ready ") { return await run.stop(on: loop) }
                let end = try await run.finish(on: loop)
                #expect(end.status != 0)
                #expect(end.error.contains("the server cannot start"), "\(count): \(end.error)")
            }
            throw TestFailure("64 descriptors were not enough")
        }
    }
}
