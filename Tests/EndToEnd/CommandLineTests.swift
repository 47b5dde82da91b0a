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
