import Glibc
import Loop
import TestKit
import Testing

@testable import Workflows

@Suite struct OutputFilesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What the server reads when a phase has written this.
    private func leavings(output: String = "", state: String = "") throws -> PhaseLeavings {
        let files = OutputFiles(in: folder.path, for: "build")
        _ = try files.make()
        try write(output, files, "HOLDFAST_OUTPUT")
        try write(state, files, "HOLDFAST_STATE")
        return files.read()
    }

    private func write(_ text: String, _ files: OutputFiles, _ variable: String) throws {
        let file = unsafe try #require(fopen(files.environment[variable]!, "we"))
        unsafe fputs(text, file)
        unsafe fclose(file)
    }

    @Test func outputsAreReadAsGitHubWritesThem() throws {
        let read = try leavings(
            output: "a=1\r\n\nb=x=y\nnotes<<END\none\n\ntwo=2\nEND\n a =last\nempty=\nnone<<E\nE\narrow=<<x\n"
        )
        #expect(read.mistakes == [])
        #expect(
            read.outputs == [
                "a": "last", "b": "x=y", "notes": "one\n\ntwo=2", "empty": "", "none": "", "arrow": "<<x",
            ])
    }

    @Test(arguments: [
        ("a=1\nnonsense\n", "line 2 of $HOLDFAST_OUTPUT is neither"), ("x<<END\nabc\n", "has no end: `END`"),
        ("=1\n", "line 1 of $HOLDFAST_OUTPUT has no key"), ("a<<\n", "has no word behind"),
    ])
    func aMistakeSaysWhatToMend(_ text: String, _ sentence: String) throws {
        let read = try leavings(output: text)
        #expect(read.outputs.isEmpty)
        #expect(read.mistakes.count == 1 && read.mistakes[0].contains(sentence), "\(read.mistakes)")
    }

    @Test func stateIsOneObject() throws {
        let state = try leavings(state: " { \"a\" : [ 1 ] }\n").state
        #expect(state.map { String(decoding: $0, as: UTF8.self) } == #"{"a":[1]}"#)
        #expect(try leavings(state: " \n").state == nil)
        #expect(
            try leavings(state: "[1]").mistakes == [
                "the task's state ($HOLDFAST_STATE) must be a JSON object: {…}"
            ])
        #expect(try leavings(state: "{").mistakes.first?.contains("ends too early") == true)
    }

    @Test func whatIsTooLongIsRefused() throws {
        let read = try leavings(output: "a=" + String(repeating: "x", count: OutputFiles.mostBytes))
        #expect(read.mistakes.first?.contains("longer than 1048576 bytes") == true)
    }

    @Test func nothingButItsOwnFileIsRead() throws {
        let files = OutputFiles(in: folder.path, for: "../evil name")
        _ = try files.make()
        let output = files.environment["HOLDFAST_OUTPUT"]!
        #expect(output.hasPrefix(folder.path + "/") && !output.dropFirst(folder.path.count + 1).contains("/"))
        unsafe _ = unlink(output)
        unsafe _ = symlink("/etc/passwd", output)
        #expect(files.read().outputs.isEmpty && files.read().mistakes.count == 1)
        unsafe _ = unlink(output)
        unsafe _ = mkfifo(output, 0o600)
        #expect(files.read().mistakes.first?.contains("no longer a file") == true)
        files.remove()
        #expect(files.read() == PhaseLeavings())
    }
}
