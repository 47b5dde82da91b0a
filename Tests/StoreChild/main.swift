import Glibc
import Store

// The second process of the store's tests. It reports on standard output, one line per event, and acts on the
// one command it is started with.

let notes = Migration(
    1, "notes", "create table note(id integer primary key, text text not null unique) strict")

/// Whole lines in one system call: what is reported has left the process, even if it is killed next.
func report(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    unsafe bytes.withUnsafeBytes { unsafe _ = write(1, $0.baseAddress, $0.count) }
}

func fail(_ error: any Error) -> Never {
    report("error \(error)")
    exit(1)
}

/// Writes notes for ever and reports each one as soon as it is acknowledged.
func writeUntilKilled(_ folder: String) async throws -> Never {
    let store = try Store(folder: folder, migrations: [notes])
    await withTaskGroup { group in
        for writer in 0..<8 {
            group.addTask {
                for number in 0... {
                    do {
                        try await store.write { db in
                            try db.run("insert into note(text) values (?)", "\(writer)/\(number)")
                        }
                    } catch { fail(error) }
                    report("\(writer)/\(number)")
                }
            }
        }
    }
    fatalError("the writers came back")
}

/// Lets no file grow beyond a mebibyte, as a quota would.
func limitFiles(folder: String) async throws {
    // The signal would end the process before `write` could fail.
    signal(SIGXFSZ, SIG_IGN)
    func limit(to bytes: rlim_t) {
        var limits = rlimit(rlim_cur: bytes, rlim_max: rlim_t.max)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limits)
    }
    let store = try Store(folder: folder, migrations: [notes])
    limit(to: 1 << 20)
    try await writeUntilRefused(store) { limit(to: rlim_t.max) }
}

/// Fills the small disk that the folder is on, beside a ballast that makes room when it is thrown off.
func fillDisk(folder: String) async throws {
    let ballast = folder + "/ballast"
    let file = unsafe creat(ballast, 0o600)
    guard posix_fallocate(file, 0, 1 << 20) == 0 else { return report("the disk is too small") }
    close(file)
    let store = try Store(folder: folder, migrations: [notes])
    try await writeUntilRefused(store) { unsafe unlink(ballast) }
}

/// Writes until the store refuses, says why, makes space and writes again: all that was acknowledged must be there.
func writeUntilRefused(_ store: Store, makeSpace: () -> Void) async throws {
    var kept = 0
    do {
        while true {
            let number = kept
            try await store.write { db in
                try db.run("insert into note(text) values (? || hex(zeroblob(20000)))", "\(number) ")
            }
            kept += 1
        }
    } catch { report("stopped \(error)") }
    makeSpace()
    try await store.write { db in try db.run("insert into note(text) values ('after')") }
    let (count, verdict) = try await store.read { db in
        (
            try db.first("select count(*) from note") { try $0[0, as: Int.self] },
            try db.first("pragma integrity_check") { try $0[0, as: String.self] }
        )
    }
    let isWhole = count == kept + 1 && verdict == "ok"
    report(isWhole ? "recovered" : "kept \(kept), found \(count ?? 0), \(verdict ?? "no verdict")")
    await store.close()
}

/// Holds SQLite's write lock, or the folder, until standard input ends.
func hold(_ folder: String, lock: Bool) async throws {
    let store = try Store(folder: folder, role: lock ? .guest : .owner, migrations: [notes])
    if lock {
        try await store.write(timeout: .seconds(60)) { db in
            try db.run("insert into note(text) values ('held')")
            report("holding")
            _ = getchar()
        }
    } else {
        report("holding")
        _ = getchar()
    }
    await store.close()
}

/// Opens, uses and closes a store again and again; reports what the process holds before and after.
func reopen(_ folder: String) async throws {
    for round in 0...20 {
        let store = try Store(folder: folder, migrations: [notes])
        await withTaskGroup { group in
            for number in 0..<20 {
                group.addTask {
                    _ = try? await store.write {
                        try $0.run("insert into note(text) values (?)", "\(number)")
                    }
                }
            }
        }
        unsafe unlink(folder + "/copy.db")
        try await store.backup(to: folder + "/copy.db")
        await store.close()
        if round == 0 || round == 20 { report("descriptors \(entries("fd")) threads \(entries("task"))") }
    }
}

func entries(_ kind: String) -> Int {
    guard let folder = unsafe opendir("/proc/self/" + kind) else { return 0 }
    defer { unsafe closedir(folder) }
    var count = 0
    while unsafe readdir(folder) != nil { count += 1 }
    return count
}

do {
    let folder = CommandLine.arguments[2]
    switch CommandLine.arguments[1] {
    case "write": try await writeUntilKilled(folder)
    case "fill": try await fillDisk(folder: folder)
    case "limit": try await limitFiles(folder: folder)
    case "lock": try await hold(folder, lock: true)
    case "reopen": try await reopen(folder)
    case "own": try await hold(folder, lock: false)
    case "backup":
        try Store.backup(folder: folder, to: CommandLine.arguments[3])
        report("done")
    default: report("error no such command")
    }
} catch { fail(error) }
