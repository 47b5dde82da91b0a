import Glibc
import TestKit
import Testing

@Suite struct EmitTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [
        (["notice", "two\nlines, 100%"], "::notice::two%0Alines, 100%25\n"),
        (["progress", "40", "half"], "::progress percent=40::half\n"),
        (["usage", "tokens=12", "cost=0.5"], "::usage tokens=12,cost=0.5::\n"),
        (["state", "{ \"a\": 1 }"], "::state::{\"a\":1}\n"), (["endgroup"], "::endgroup::\n"),
    ])
    func whatItSaysComesOutOfThePipe(_ words: [String], _ line: String) async throws {
        let path = folder.file("events")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let raw = unsafe open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(raw) }
        let run = try await onLoop { loop in
            try await Holdfast.start(
                ["emit"] + words, in: folder, environment: ["HOLDFAST_EVENTS": path], on: loop
            ).finish(on: loop)
        }
        #expect(run.status == 0 && run.error == "")
        var bytes = [UInt8](repeating: 0, count: 1000)
        let count = unsafe read(raw, &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == line)
    }

    @Test func outputsAreAddedToTheirFile() async throws {
        let path = folder.file("output")
        try write("first=1\n", to: path)
        let variables = ["HOLDFAST_OUTPUT": path]
        #expect(
            try await Holdfast.run("emit", "output", "a=b=c", in: folder, environment: variables).status == 0)
        #expect(contents(of: path) == "first=1\na=b=c\n")
        #expect(
            try await Holdfast.run("emit", "output", "k=x\ny", in: folder, environment: variables).status == 0
        )
        #expect(contents(of: path).contains("k<<END_") && contents(of: path).contains("\nx\ny\nEND_"))
    }

    @Test(arguments: [
        (["notice", "x"], CInt(64), "$HOLDFAST_EVENTS is not set"),
        (["output", "a=1"], 64, "$HOLDFAST_OUTPUT is not set"),
        (["state", "[1]"], 65, "is a JSON object"),
        (["usage", "tokens=-1"], 64, "is not a name, `=` and a number"),
        (["usage"], 64, "say what was used"), (["progress", "140"], 64, "PERCENT"),
    ])
    func aMistakeIsSaid(_ words: [String], _ status: CInt, _ sentence: String) async throws {
        let run = try await onLoop { loop in
            try await Holdfast.start(["emit"] + words, in: folder, on: loop).finish(on: loop)
        }
        #expect(run.status == status && run.error.contains(sentence), "\(run.status): \(run.error)")
    }

    @Test func aTaskThatIsOverIsSaidToBeSo() async throws {
        let path = folder.file("events")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let run = try await Holdfast.run(
            "emit", "notice", "x", in: folder, environment: ["HOLDFAST_EVENTS": path])
        #expect(run.status == 66 && run.error.contains("is over, or cannot be reached"))
    }
}
