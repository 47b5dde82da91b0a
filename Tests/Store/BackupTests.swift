import Glibc
import Store
import Testing

@Suite struct BackupTests {
    @Test func aBackupMadeWhileOthersWriteIsOneConsistentState() async throws {
        let pair = Migration(1, "pair", "create table a(n integer, filler blob); create table b(n integer)")
        let target = TemporaryFolder()
        let copy = target.path + "/holdfast.db"
        try await withStore(migrations: [pair]) { store, _ in
            try await store.write { db in
                for number in 1...2_000 { try db.run("insert into a values (?, zeroblob(4000))", number) }
                try db.run("insert into b select n from a")
            }
            try await withThrowingTaskGroup { group in
                for number in 2_001...2_400 {
                    group.addTask {
                        _ = try await store.write { db in
                            try db.run("insert into a values (?, null)", number)
                            try db.run("insert into b values (?)", number)
                        }
                    }
                }
                group.addTask { try await store.backup(to: copy) }
                try await group.waitForAll()
            }
        }
        #expect(TemporaryFolder.entries(of: target.path) == ["holdfast.db"])
        try await withStore(in: target.path, migrations: [pair]) { store in
            let (a, b, odd) = try await store.read { db in
                (
                    try db.first("select count(*) from a") { try $0[0, as: Int.self] },
                    try db.first("select count(*) from b") { try $0[0, as: Int.self] },
                    try db.all("select n from a except select n from b") { try $0[0, as: Int.self] }
                )
            }
            #expect(a == b && odd.isEmpty)
            #expect((2_000...2_400).contains(a ?? 0))
        }
    }

    @Test func aBackupNeverReplacesAFile() async throws {
        try await withStore { store, folder in
            let target = folder + "/copy.db"
            try await store.backup(to: target)
            await #expect(throws: StoreError.exists(path: target)) { try await store.backup(to: target) }
            #expect(throws: StoreError.exists(path: target)) { try Store.backup(folder: folder, to: target) }
        }
    }

    @Test func aBackupThatFailsLeavesNothingBehind() async throws {
        let target = TemporaryFolder()
        try await withStore { store, folder in
            try await store.write { db in
                for number in 1...3_000 {
                    try db.run("insert into note(text) values (? || hex(zeroblob(2000)))", number)
                }
            }
            await #expect(throws: StoreError.self) {
                try await store.backup(to: target.path + "/copy.db", timeout: .milliseconds(2))
            }
            let nowhere = target.path + "/none/copy.db"
            await #expect(throws: StoreError.noTarget(path: nowhere, code: ENOENT)) {
                try await store.backup(to: nowhere)
            }
            #expect(TemporaryFolder.entries(of: target.path).isEmpty)
        }
    }

    @Test func whatAKilledBackupLeftIsTakenOver() async throws {
        let target = TemporaryFolder()
        close(unsafe creat(target.path + "/.holdfast.db.partial", 0o600))
        try await withStore { store, _ in
            try await store.add("kept")
            try await store.backup(to: target.path + "/holdfast.db")
        }
        #expect(TemporaryFolder.entries(of: target.path) == ["holdfast.db"])
        let count = try await withStore(in: target.path) { try await $0.count() }
        #expect(count == 1)
    }
}
