import Glibc
import Store
import Testing

@Suite struct OpeningTests {
    static let tags = Migration(2, "tags", "create table tag(name text primary key) strict")

    @Test func migrationsAreAppliedOnceAndInOrder() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder.path) { try await $0.add("kept") }
        for _ in 0..<2 {
            let count = try await withStore(in: folder.path, migrations: [Self.tags, notes]) { store in
                try await store.write { db in try db.run("insert or replace into tag values ('new')") }
                return try await store.count()
            }
            #expect(count == 1)
        }
    }

    @Test func aDatabaseOfANewerProgramIsRefused() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder.path, migrations: [notes, Self.tags]) { _ in }
        let error = #expect(throws: StoreError.self) { try Store(folder: folder.path, migrations: [notes]) }
        #expect(error?.description.contains("migration 2 is unknown to this program") == true)
    }

    @Test func aChangedMigrationIsRefused() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder.path) { _ in }
        let changed = Migration(
            1, "notes", "create table note(id integer primary key, text text not null) strict")
        let error = #expect(throws: StoreError.self) { try Store(folder: folder.path, migrations: [changed]) }
        #expect(error?.description.contains("was changed after it was applied") == true)
    }

    @Test func aNumberThatIsUsedTwiceIsRefused() {
        let folder = TemporaryFolder()
        #expect(throws: StoreError.migration(number: 1, reason: "is there twice, as notes and as again")) {
            try Store(folder: folder.path, migrations: [notes, Migration(1, "again", "select 1")])
        }
    }

    @Test func aMigrationThatFailsLeavesNothingBehindAndTheFolderFree() async throws {
        let folder = TemporaryFolder()
        let broken = Migration(2, "broken", "create table half(n); insert into nowhere values (1)")
        let error = #expect(throws: StoreError.self) {
            try Store(folder: folder.path, migrations: [notes, broken])
        }
        #expect(error?.description.contains("no such table: nowhere") == true)
        let halves = try await withStore(in: folder.path) { store in
            try await store.read { db in
                try db.all("select name from sqlite_schema where name = 'half'") {
                    try $0[0, as: String.self]
                }
            }
        }
        #expect(halves.isEmpty)
    }

    @Test func aMigrationCannotEndItsTransaction() {
        let folder = TemporaryFolder()
        #expect(throws: StoreError.self) {
            try Store(
                folder: folder.path,
                migrations: [Migration(1, "sly", "create table half(n); commit; select nothing")])
        }
    }

    @Test func aFileThatIsNoDatabaseIsRefusedAndNotTouched() throws {
        let folder = TemporaryFolder()
        let text = Array("this is somebody's letter, which is long enough to look like something at all".utf8)
        let file = unsafe open(folder.path + "/holdfast.db", O_CREAT | O_RDWR, 0o600)
        unsafe text.withUnsafeBytes { unsafe _ = write(file, $0.baseAddress, $0.count) }
        let error = #expect(throws: StoreError.self) { try Store(folder: folder.path, migrations: [notes]) }
        #expect(error?.description.contains("damaged") == true)
        var kept = [UInt8](repeating: 0, count: 200)
        let count = unsafe pread(file, &kept, 200, 0)
        close(file)
        #expect(Array(kept.prefix(count)) == text)
    }

    @Test func onlyTheOwnerCanReadTheFiles() async throws {
        try await withStore { store, folder in
            try await store.add("secret")
            for name in ["holdfast.db", "holdfast.db-wal", "holdfast.db-shm", "holdfast.lock"] {
                var status = stat()
                #expect(unsafe stat(folder + "/" + name, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600, "\(name)")
            }
        }
    }

    @Test func missingFoldersAreMade() async throws {
        let folder = TemporaryFolder()
        let deep = folder.path + "/a"
        try await withStore(in: deep + "/b/") { try await $0.add("x") }
        for name in TemporaryFolder.entries(of: deep + "/b") { unsafe unlink(deep + "/b/" + name) }
        #expect(unsafe rmdir(deep + "/b") == 0)
        #expect(unsafe rmdir(deep) == 0)
    }

    @Test func theConnectionsAreSetUpForDurability() async throws {
        try await withStore { store, _ in
            let (journal, synchronous, keys) = try await store.write { db in
                (
                    try db.first("pragma journal_mode") { try $0[0, as: String.self] },
                    try db.first("pragma synchronous") { try $0[0, as: Int.self] },
                    try db.first("pragma foreign_keys") { try $0[0, as: Int.self] }
                )
            }
            #expect(journal == "wal" && synchronous == 2 && keys == 1)
        }
    }
}
