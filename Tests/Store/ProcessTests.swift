import Glibc
import Store
import Testing

/// What only a second process can show.
@Suite struct ProcessTests {
    @Test func everyAcknowledgedWriteOutlivesAKilledProcess() async throws {
        let folder = TemporaryFolder()
        var acknowledged: [String] = []
        for _ in 0..<3 {
            let child = try Child("write", folder.path)
            acknowledged += await child.reports(atLeast: 300)
            child.kill()
            await child.ended()
            acknowledged += child.reports()
            #expect(!acknowledged.contains { $0.hasPrefix("error") })
            let missing = try await withStore(in: folder.path) { store in
                let kept = try await store.read { db in
                    Set(try db.all("select text from note") { try $0[0, as: String.self] })
                }
                let verdict = try await store.read { db in
                    try db.first("pragma integrity_check") { try $0[0, as: String.self] }
                }
                #expect(verdict == "ok")
                try await store.write { db in try db.run("delete from note") }
                return Set(acknowledged).subtracting(kept)
            }
            #expect(missing.isEmpty)
            acknowledged = []
        }
    }

    @Test func aFileThatMayNotGrowIsSaidAndForgottenOnceItMay() async throws {
        let folder = TemporaryFolder()
        let child = try Child("limit", folder.path)
        let reports = await child.reports(atLeast: 2)
        #expect(reports == ["stopped \(StoreError.diskFull)", "recovered"])
        await child.ended()
        #expect(child.status == 0)
    }

    @Test(.enabled(if: getuid() == 0, "a disk can be mounted by root only"))
    func aFullDiskIsSaidAndForgottenOnceThereIsSpace() async throws {
        let folder = TemporaryFolder()
        let child = try Child("fill", folder.path, disk: "4m")
        let reports = await child.reports(atLeast: 2)
        #expect(reports == ["stopped \(StoreError.diskFull)", "recovered"])
        await child.ended()
        #expect(child.status == 0)
    }

    @Test func theSecondServerOnAFolderIsRefusedAndToldWhoHasIt() async throws {
        let folder = TemporaryFolder()
        let child = try Child("own", folder.path)
        #expect(await child.reports(atLeast: 1) == ["holding"])
        #expect(throws: StoreError.folderInUse(pid: child.pid)) {
            try Store(folder: folder.path, migrations: [notes])
        }
        try await withStore(in: folder.path, role: .guest) { try await $0.add("a guest may come in") }
        child.kill()
        await child.ended()
        let count = try await withStore(in: folder.path) { try await $0.count() }
        #expect(count == 1)
    }

    /// As a child does that a server bore when it was killed.
    @Test func aLockThatADeadServerLeftIsWaitedFor() async throws {
        let folder = TemporaryFolder()
        _ = try await withStore(in: folder.path) { try await $0.count() }
        let file = unsafe open("\(folder.path)/holdfast.lock", O_RDWR | O_CLOEXEC)
        defer { close(file) }
        // A number that no process has.
        let nobody = "\(Int32.max)\n"
        #expect(ftruncate(file, 0) == 0)
        #expect(unsafe pwrite(file, nobody, nobody.utf8.count, 0) > 0)
        var range = flock()
        (range.l_type, range.l_whence, range.l_len) = (Int16(F_WRLCK), Int16(SEEK_SET), 1)
        #expect(unsafe fcntl(file, F_SETLK, &range) == 0)
        async let count = withStore(in: folder.path) { try await $0.count() }
        // So that it finds the lock taken first; were it later, it would find it free.
        _ = poll(nil, 0, 50)
        range.l_type = Int16(F_UNLCK)
        #expect(unsafe fcntl(file, F_SETLK, &range) == 0)
        #expect(try await count == 0)
    }

    @Test func aLockedDatabaseIsBusyAndRecoversByItself() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder.path) { store in
            let child = try Child("lock", folder.path)
            #expect(await child.reports(atLeast: 1) == ["holding"])
            let locked = await problem(expecting: .busy) {
                _ = try await store.write(timeout: .milliseconds(100)) { db in try db.run("delete from note")
                }
            }
            #expect(locked == nil)
            #expect(try await store.count() == 0, "readers go on beside the lock")
            child.release()
            await child.ended()
            try await store.add("mine")
            #expect(try await store.count() == 2)
        }
    }

    @Test func anotherProcessCanBackUpBesideTheServer() async throws {
        let folder = TemporaryFolder()
        let other = TemporaryFolder()
        try await withStore(in: folder.path) { store in
            try await store.add("kept")
            let child = try Child("backup", folder.path, other.path + "/holdfast.db")
            #expect(await child.reports(atLeast: 1) == ["done"])
            await child.ended()
            try await store.add("later")
        }
        #expect(throws: StoreError.system(call: "open \(other.path)/none/holdfast.db", code: ENOENT)) {
            try Store.backup(folder: other.path + "/none", to: other.path + "/copy.db")
        }
        let count = try await withStore(in: other.path) { try await $0.count() }
        #expect(count == 1)
    }
}
