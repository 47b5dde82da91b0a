import Glibc
import Loop
import Synchronization
import TestKit
import Testing

@testable import Workflows

@Suite struct WorkspaceTests {
    let folder: TemporaryFolder
    let space: Workspace

    init() throws {
        folder = try TemporaryFolder()
        space = Workspace(data: folder.path, task: .make())
        try space.make()
    }

    private func put(_ text: String, _ path: String) throws {
        for end in path.indices where path[end] == "/" {
            unsafe _ = mkdir("\(space.work)/\(path[..<end])", 0o700)
        }
        let file = unsafe try #require(fopen("\(space.work)/\(path)", "we"))
        unsafe fputs(text, file)
        unsafe fclose(file)
    }

    @Test func whatFitsIsKeptUnderItsOwnPath() throws {
        try put("one", "dist/a.js")
        try put("three", "dist/sub/b.js")
        try put("no", "src/c.js")
        let report = try space.keepArtifacts(matching: ["dist/**/*.js"])
        #expect(report.mistakes == [])
        #expect(report.kept.map(\.path) == ["dist/a.js", "dist/sub/b.js"])
        try space.removeScratch()
        #expect(try space.listArtifacts().map(\.size) == [3, 5])
        let (file, size) = try space.openArtifact("dist/sub/b.js")
        var bytes = [UInt8](repeating: 0, count: 10)
        let descriptor = file.take()!
        #expect(unsafe read(descriptor.raw, &bytes, 10) == 5 && size == 5)
        descriptor.close()
        #expect(String(decoding: bytes.prefix(5), as: UTF8.self) == "three")
    }

    @Test func nothingButPlainFilesIsKept() throws {
        try put("x", "real")
        unsafe _ = symlink("/etc/passwd", "\(space.work)/link")
        unsafe _ = symlink("/etc", "\(space.work)/outside")
        unsafe _ = mkfifo("\(space.work)/pipe", 0o600)
        let report = try space.keepArtifacts(matching: ["**", "outside/passwd", "link"])
        #expect(report.kept.map(\.path) == ["real"])
    }

    @Test func patternsThatLeadOutAreMistakes() throws {
        let report = try space.keepArtifacts(matching: ["../secret", "/etc/passwd"])
        #expect(report.mistakes.count == 2 && report.kept.isEmpty)
    }

    @Test func theBoundsHold() throws {
        for index in 0..<5 { try put(String(repeating: "x", count: 10), "f\(index)") }
        let few = try space.keepArtifacts(matching: ["f*"], within: ArtifactBounds(count: 3))
        #expect(few.kept.count == 3 && few.mistakes.count == 1)
        // Again, with the same three: what is there is replaced, not counted twice.
        #expect(
            try space.keepArtifacts(matching: ["f0", "f1", "f2"], within: ArtifactBounds(count: 3)).kept.count
                == 3)
        let small = try space.keepArtifacts(matching: ["f*"], within: ArtifactBounds(bytes: 45))
        #expect(small.kept.count == 4 && small.mistakes.count == 1)
        #expect(try space.listArtifacts().map(\.size).reduce(0, +) == 40)
    }

    @Test(arguments: [
        "../../holdfast.db", "/etc/passwd", "link", "dir", "none", "", "a\0b", "link/../x", "loop/passwd",
    ])
    func nothingElseIsOpened(_ path: String) throws {
        unsafe _ = symlink("/etc/passwd", "\(space.artifacts)/link")
        unsafe _ = symlink("/etc", "\(space.artifacts)/loop")
        unsafe _ = mkdir("\(space.artifacts)/dir", 0o700)
        #expect(throws: SystemError.self) { try space.openArtifact(path) }
    }

    @Test func aFolderThatTurnsIntoALinkMeanwhileLeadsNowhere() throws {
        let outside = try TemporaryFolder()
        let secret = unsafe try #require(fopen(outside.file("f"), "we"))
        unsafe fputs("secret", secret)
        unsafe fclose(secret)
        try put("mine", "d/f")
        let (d, aside, link) = ("\(space.work)/d", "\(space.work)/.aside", "\(space.work)/.link")
        unsafe _ = symlink(outside.path, link)
        let swapping = Swapping()
        let thread = try LoopThread(name: "swap") {
            while !swapping.isOver.load(ordering: .relaxed) {
                unsafe _ = rename(d, aside)
                unsafe _ = rename(link, d)
                unsafe _ = rename(d, link)
                unsafe _ = rename(aside, d)
            }
        }
        for _ in 0..<300 {
            for kept in (try? space.keepArtifacts(matching: ["d/**"]).kept) ?? [] where kept.size != 4 {
                Issue.record("\(kept)")
            }
        }
        swapping.isOver.store(true, ordering: .relaxed)
        thread.join()
    }

    private final class Swapping: Sendable {
        let isOver = Atomic(false)
    }

    @Test func allOfItGoesHoweverDeepAndForbidden() throws {
        try put("x", "closed/file")
        unsafe _ = chmod("\(space.work)/closed", 0)
        unsafe _ = symlink("/etc", "\(space.work)/link")
        // Deeper than a path can name, as a program makes it that goes in with every step.
        var place = unsafe open(space.work, O_RDONLY | O_DIRECTORY)
        for _ in 0..<600 {
            try #require(unsafe mkdirat(place, "deep-deep", 0o700) == 0)
            let inner = unsafe openat(place, "deep-deep", O_RDONLY | O_DIRECTORY)
            close(place)
            place = inner
        }
        close(place)
        try space.remove()
        #expect(unsafe access(space.path, F_OK) == -1 && errno == ENOENT)
        #expect(unsafe access("/etc/passwd", F_OK) == 0)
        try space.remove()
    }

    @Test func aTaskThatKeptNothingLeavesNothing() throws {
        try put("x", "file")
        try space.removeScratch()
        #expect(unsafe access(space.path, F_OK) == -1)
    }

    /// As the server leaves it that is killed half-way through.
    @Test func whatWasTakenAwayHalfWayGoesTheSecondTime() throws {
        unsafe _ = rmdir(space.artifacts)
        try space.removeScratch()
        #expect(unsafe access(space.path, F_OK) == -1)
    }
}
