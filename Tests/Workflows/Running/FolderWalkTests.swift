import Glibc
import Loop
import TestKit
import Testing

@testable import Workflows

@Suite struct FolderWalkTests {
    private let folder: TemporaryFolder
    private let space: Workspace

    init() throws {
        folder = try TemporaryFolder()
        space = Workspace(data: folder.path, task: .make())
        try space.make()
    }

    /// The path of the whole is longer than the kernel takes.
    @Test func whatLiesDeeperThanAPathCanNameIsCounted() throws {
        let name = String(repeating: "d", count: 200)
        var here = unsafe open(space.work, O_RDONLY | O_DIRECTORY)
        let levels = 50
        for _ in 0..<levels {
            // Beside the way, so that it is gone up and on.
            for side in ["a", "z"] {
                let beside = try Self.makeFolder(side, in: here)
                try Self.fill(Array("file".utf8), 100_000, in: beside)
                close(beside)
            }
            let inner = try Self.makeFolder(name, in: here)
            close(here)
            here = inner
        }
        try Self.fill(Array("deep".utf8), 1 << 20, in: here)
        close(here)
        let size = space.measure()
        let all = Int64(levels * 2 * 100_000 + 1 << 20)
        #expect(size.work >= all && size.work < all * 2 && size.artifacts == 0)
        try space.removeScratch()
        #expect(space.measure().isEmpty && !space.hasWork)
    }

    @Test func aNameThatIsNoTextIsCountedAndRemoved() throws {
        let here = unsafe open(space.work, O_RDONLY | O_DIRECTORY)
        try Self.fill([0xFF, 0xFE], 1 << 20, in: here)
        unsafe #expect(mkdirat(here, [CChar(bitPattern: 0xE4), 0], 0o700) == 0)
        let inner = unsafe openat(here, [CChar(bitPattern: 0xE4), 0], O_RDONLY | O_DIRECTORY)
        try Self.fill(Array("file".utf8), 1 << 20, in: inner)
        close(inner)
        close(here)
        #expect(space.measure().work >= 2 << 20)
        try space.removeScratch()
        #expect(!space.hasWork)
    }

    @Test func aLinkIsNotFollowed() throws {
        unsafe _ = symlink("/usr", "\(space.work)/link")
        #expect(space.measure().work < 1 << 16)
    }

    private static func makeFolder(_ name: String, in folder: CInt) throws -> CInt {
        try #require(unsafe mkdirat(folder, name, 0o700) == 0)
        let inner = unsafe openat(folder, name, O_RDONLY | O_DIRECTORY)
        try #require(inner >= 0)
        return inner
    }

    private static func fill(_ name: [UInt8], _ size: Int, in folder: CInt) throws {
        let name = name.map { CChar(bitPattern: $0) } + [0]
        let file = unsafe openat(folder, name, O_WRONLY | O_CREAT, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        // Not of zeros only, which some file systems do not store.
        let bytes = [UInt8](repeating: 0x5A, count: size)
        try #require(unsafe write(file, bytes, size) == size)
        // Where blocks are given out when they are written, they are not counted before.
        try #require(fsync(file) == 0)
    }
}
