import CSQLite
import Glibc

/// Copies a database that is in use into one file that stands for itself.
///
/// The source is read in one transaction, so the copy is one state of it, and the writer goes on beside it.
/// The copy has its name only once it is complete, checked and on the disk; until then it is called
/// `.NAME.partial`, and what a killed backup left under that name the next one takes over.
struct Backup {
    /// One step: 1 MiB, then a look whether the job should stop.
    private static let pagesPerStep: Int32 = 256

    let target: String

    private var folder: String {
        guard let slash = target.lastIndex(of: "/") else { return "." }
        return slash == target.startIndex ? "/" : String(target[..<slash])
    }

    private var partial: String {
        let name = target.lastIndex(of: "/").map { target[target.index(after: $0)...] } ?? target[...]
        return "\(folder)/.\(name).partial"
    }

    /// Makes the backup of what `source` sees. Stops when the job of `source` does.
    func make(from source: Database) throws(StoreError) {
        guard unsafe access(target, F_OK) != 0 else { throw .exists(path: target) }
        let file = try PartialFile(path: partial, for: target)
        do throws(StoreError) {
            try copy(from: source)
            try check(for: source)
            try file.sync()
            try publish()
        } catch {
            clear()
            file.close()
            throw error
        }
        file.close()
    }

    private func copy(from source: Database) throws(StoreError) {
        let copy = try Database(path: partial, access: .readWrite, halt: source.halt)
        // Nobody sees the file before it is synced as a whole, so a journal would protect nothing.
        try copy.script("pragma journal_mode = off; pragma synchronous = off")
        // Takes the snapshot: without one each step would see the newest state and start over after every
        // write.
        _ = try source.value("select count(*) from sqlite_schema", as: Int64.self)
        guard let backup = unsafe sqlite3_backup_init(copy.handle, "main", source.handle, "main") else {
            throw copy.failure(unsafe sqlite3_extended_errcode(copy.handle), in: "backup")
        }
        var code = SQLITE_OK
        while code == SQLITE_OK, !source.shouldStop {
            code = unsafe sqlite3_backup_step(backup, Self.pagesPerStep)
        }
        unsafe sqlite3_backup_finish(backup)
        switch code {
        case SQLITE_DONE: return
        case SQLITE_OK: throw source.halt.isSet ? .closed : .interrupted
        default: throw copy.failure(code, in: "backup")
        }
    }

    /// A copy that cannot be read back is no backup.
    private func check(for source: Database) throws(StoreError) {
        let copy = try Database(path: partial, access: .readWrite, halt: source.halt)
        copy.job = source.job
        // One file, without a log beside it: it can be moved and opened anywhere.
        guard try copy.value("pragma journal_mode = delete") == "delete" else { throw .busy }
        let verdict: String = try copy.value("pragma integrity_check(1)") ?? "no answer"
        guard verdict == "ok" else { throw .corrupt(verdict) }
    }

    /// Gives the file its name. Neither way replaces a file that appeared meanwhile.
    private func publish() throws(StoreError) {
        if unsafe link(partial, target) == 0 {
            unsafe unlink(partial)
        } else if errno == EPERM || errno == EOPNOTSUPP {
            // A file system without second names, such as a memory stick's: claim the name, then take it.
            let claim = unsafe open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard claim >= 0 else { throw notPublished() }
            Glibc.close(claim)
            guard unsafe rename(partial, target) == 0 else { throw notPublished() }
        } else {
            throw notPublished()
        }
        try DataFolder.sync(folder)
    }

    private func notPublished() -> StoreError {
        errno == EEXIST ? .exists(path: target) : DataFolder.failure("rename to \(target)")
    }

    /// Takes away what there is of the copy, with what SQLite may have left beside it.
    private func clear() {
        for suffix in ["", "-journal", "-wal", "-shm"] { unsafe unlink(partial + suffix) }
    }
}
