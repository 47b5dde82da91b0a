import Glibc
import TestKit
import Testing

@Suite struct CommandLineTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theVersionIsOneLine() async throws {
        for words in ["--version", "version"] {
            let run = try await Holdfast.run(words, in: folder)
            #expect(run.status == 0)
            #expect(run.output.hasPrefix("holdfast "))
            #expect(run.output.filter { $0 == "\n" }.count == 1)
            #expect(run.error == "")
        }
    }

    @Test func helpNamesTheCommandsAndTheExitStatuses() async throws {
        let run = try await Holdfast.run("help", in: folder)
        #expect(run.status == 0)
        for word in [
            "serve", "user", "token", "login-link", "config", "sessions", "watch", "backup", "  78  ",
        ] {
            #expect(run.output.contains("\n  \(word.hasPrefix(" ") ? String(word.dropFirst(2)) : word)"))
        }
    }

    @Test func anUnknownFlagIsRefusedWithTheOneThatWasMeant() async throws {
        let run = try await Holdfast.run("token", "create", "ci", "--rle", "admin", in: folder)
        #expect(run.status == 64)
        #expect(run.output == "")
        #expect(run.error.contains("did you mean `--role`?"))
    }

    @Test func whoStartsAHolderByHandIsToldWhatToDo() async throws {
        let run = try await Holdfast.run("hold", in: folder)
        #expect(run.status == 64)
        #expect(run.error.contains("`holdfast attach --new`"), "\(run.error)")
    }

    @Test func theVersionTakesNothingMore() async throws {
        let run = try await Holdfast.run("--version", "x", in: folder)
        #expect(run.status == 64)
        #expect(run.error == "holdfast: `x` is one word too many\nSee `holdfast --help`.\n")
    }

    @Test func withoutAHomeTheOneOfTheUserIsTaken() async throws {
        let home = unsafe String(cString: getpwuid(getuid()).pointee.pw_dir)
        let name = "holdfast-test-\(getpid())"
        for variables in [["HOME": ""], ["HOME": "."]] {
            let run = try await Holdfast.run(
                "user", "list", "--data", "~/\(name)", in: folder, environment: variables)
            #expect(run.status == 66)
            #expect(run.error.contains("There is no database in \(home)/\(name)."), "\(run.error)")
        }
    }

    @Test func aBackupThatCannotBeWrittenNamesWhereItShouldGo() async throws {
        let data = folder.file("data")
        _ = try await Holdfast.run("token", "create", "ci", "--data", data, in: folder)
        let target = folder.file("nowhere/copy.db")
        let run = try await Holdfast.run("backup", target, "--data", data, in: folder)
        #expect(run.status == 66)
        #expect(
            run.error.contains("No backup was made: \(target) cannot be written: No such file"),
            "\(run.error)")
    }

    @Test(.enabled(if: getuid() != 0, "root may do everything"))
    func aFolderThatMayNotBeLookedIntoIs77() async throws {
        #expect(unsafe mkdir(folder.file("data"), 0) == 0)
        for words in [["user", "list"], ["backup", "copy.db"], ["sessions"]] {
            let run = try await onLoop { loop in
                try await Holdfast.start(words + ["--data", folder.file("data")], in: folder, on: loop)
                    .finish(on: loop)
            }
            #expect(run.status == 77, "\(words)")
            #expect(run.error.contains("You may not look into the data folder"), "\(run.error)")
        }
    }

    @Test func everyMistakeOfTheConfigurationIsNamedAtOnce() async throws {
        let yaml = "deadlines:\n  pong: 10\nloop: 2\n"
        try write(yaml, to: folder.file("holdfast.yaml"))
        let run = try await Holdfast.run("config", "check", "--limits.body", "x", in: folder)
        #expect(run.status == 78)
        #expect(run.output == "")
        #expect(run.error.contains("holdfast.yaml:2:9: deadlines.pong: `10` has no unit"))
        #expect(run.error.contains("holdfast.yaml:3:1: loop: is not a known key; did you mean `loops`?"))
        #expect(run.error.contains("--limits.body: "))
    }

    @Test func aConfigurationWithoutMistakesIsSaidToBeSo() async throws {
        try write("loops: 2\n", to: folder.file("other.yaml"))
        let run = try await Holdfast.run("config", "check", "other.yaml", in: folder)
        #expect(run.status == 0)
        #expect(run.output == "other.yaml: no mistakes\n")
    }

    @Test(arguments: [
        ("docs/cli.md", ["help", "--markdown"]), ("docs/configuration.md", ["config", "reference"]),
    ])
    func theDocumentationIsWhatTheProgramPrints(_ page: String, _ words: [String]) async throws {
        let run = try await Holdfast.run(words[0], words[1], in: folder)
        let root = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        #expect(
            run.output == contents(of: root.joined(separator: "/") + "/" + page),
            "write it anew: .build/debug/holdfast \(words.joined(separator: " ")) > \(page)")
    }

    @Test func whoSpeaksHTTPToAPortOfHTTPSIsToldSo() async throws {
        let (certificate, key) = (folder.file("certificate.pem"), folder.file("key.pem"))
        let identity = try TestCertificate(names: ["IP:127.0.0.1"])
        try identity.writeCertificate(to: certificate)
        try identity.writeKey(to: key)
        try await onLoop { loop in
            let words = [
                "serve", "--data", folder.file("data"), "--listen", "127.0.0.1:0", "--tls.certificate",
                certificate, "--tls.key", key,
            ]
            let server = try await Holdfast.start(words, in: folder, on: loop)
            let ready = try await server.output.read(within: Holdfast.patience, on: loop) {
                $0.contains("\n")
            }
            let url = "http" + ready.dropFirst("ready https".count).dropLast()
            for command in [["sessions"], ["watch", "system-status"]] {
                let run = try await Holdfast.start(
                    command + ["--url", url, "--token", "hf_x"], in: folder, on: loop
                ).finish(on: loop)
                #expect(
                    run.error.hasSuffix("This port speaks HTTPS; write https:// before the address.\n"),
                    "\(run.error)")
                #expect(run.status != 0)
            }
            await server.stop(on: loop)
        }
    }

    @Test func aServerThatIsNotThereIsUnavailable() async throws {
        let run = try await Holdfast.run("watch", "builds", "--url", "http://127.0.0.1:1", in: folder)
        #expect(run.status == 69)
        #expect(run.output == "")
        #expect(run.error.contains("127.0.0.1:1 cannot be reached"))
    }
}

/// The whole of a text file; empty where there is none.
func contents(of path: String) -> String {
    guard let file = unsafe fopen(path, "re") else { return "" }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe fread(&chunk, 1, chunk.count, file)
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += chunk.prefix(count)
    }
}

func write(_ text: String, to path: String) throws {
    guard let file = unsafe fopen(path, "we") else { throw TestFailure("\(path) cannot be written") }
    unsafe fputs(text, file)
    unsafe fclose(file)
}
