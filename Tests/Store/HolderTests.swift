import Glibc
import Testing

@testable import Store

@Suite struct HolderTests {
    private static let addresses = ["http://127.0.0.1:41297", "unix:/run/holdfast.sock"]

    private func holder(of folder: String) throws -> FolderHolder? { try Store.holder(of: folder) }

    @Test func aFolderThatNobodyServesHasNoHolder() async throws {
        let folder = TemporaryFolder()
        #expect(try holder(of: folder.path + "/none") == nil)
        #expect(try holder(of: folder.path) == nil)
        try await withStore(in: folder.path, role: .guest) { _ in
            let found = try holder(of: folder.path)
            #expect(found == nil, "a guest does not serve")
        }
    }

    @Test func whereAServerIsCanBeReadFromAnnouncingToWithdrawing() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder.path) { store in
            #expect(try holder(of: folder.path) == FolderHolder(pid: getpid()))
            try store.announce(Self.addresses)
            #expect(try holder(of: folder.path) == FolderHolder(pid: getpid(), addresses: Self.addresses))
            try store.announce(["http://[::1]:1"])
            #expect(try holder(of: folder.path)?.addresses == ["http://[::1]:1"])
            store.withdraw()
            #expect(try holder(of: folder.path) == FolderHolder(pid: getpid()))
            try store.announce(Self.addresses)
        }
        #expect(try holder(of: folder.path) == nil)
    }

    @Test func whatADeadServerSaidIsNotBelieved() async throws {
        let folder = TemporaryFolder()
        let left = FolderHolder(pid: 1, addresses: Self.addresses).text
        let file = unsafe open(folder.path + "/holdfast.lock", O_CREAT | O_RDWR, 0o600)
        #expect(unsafe write(file, left, left.utf8.count) == left.utf8.count)
        close(file)
        #expect(try holder(of: folder.path) == nil)
        try await withStore(in: folder.path) { _ in
            let found = try holder(of: folder.path)
            #expect(found == FolderHolder(pid: getpid()))
        }
    }

    @Test func aKilledServerHoldsNothing() async throws {
        let folder = TemporaryFolder()
        let child = try Child("own", folder.path)
        #expect(await child.reports(atLeast: 1) == ["holding"])
        #expect(try holder(of: folder.path) == FolderHolder(pid: child.pid))
        child.kill()
        await child.ended()
        #expect(try holder(of: folder.path) == nil)
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let folder = TemporaryFolder()
        let file = folder.path + "/file"
        close(unsafe open(file, O_CREAT | O_RDWR, 0o600))
        for path in [file, file + "/data"] {
            #expect(throws: StoreError.noFolder(path: path, code: ENOTDIR)) {
                try Store(folder: path, migrations: [notes])
            }
        }
    }
}
