import Glibc
package import Loop

/// The folder of one task: `work/`, in which its phases run, `files/`, by which they speak to the server, and
/// `artifacts/`, which is kept. Everything here blocks: for an `Offload`, not for a loop.
package struct Workspace: Sendable {
    package let path: String

    /// - Parameter data: the server's data folder.
    package init(data: String, task: TaskID) { path = "\(data)/tasks/\(task)" }

    /// The tasks that have a folder.
    static func tasks(in data: String) throws(SystemError) -> [TaskID] {
        do throws(SystemError) {
            return try FolderReach("\(data)/tasks").names(in: ".").compactMap { TaskID($0) }
        } catch  where error.code == ENOENT {
            return []
        }
    }

    package var work: String { "\(path)/work" }
    package var files: String { "\(path)/files" }
    package var artifacts: String { "\(path)/artifacts" }

    /// Something is there that a task may go on from.
    var hasWork: Bool { unsafe access(work, F_OK) == 0 }

    /// Makes what is not there.
    package func make() throws(SystemError) {
        let tasks = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        for folder in [tasks, path, work, files, artifacts] {
            guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                throw SystemError("mkdir \(folder)")
            }
        }
    }

    /// When a task has ended that may be done again from one of its phases: what its phases left stays for now.
    func leaveWork() throws(SystemError) {
        try FolderSweep.remove(files)
        // How old it is, is asked of the folder itself.
        guard unsafe utimensat(AT_FDCWD, work, nil, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemError("utimensat")
        }
    }

    /// Takes over what the phases of another task left. False where that is there no more.
    func takeWork(of other: Workspace) throws(SystemError) -> Bool {
        guard other.hasWork else { return false }
        try make()
        // Empty, as it was just made.
        guard unsafe rename(other.work, work) == 0 else {
            if errno == ENOENT { return false }
            throw SystemError("rename \(other.work)")
        }
        return true
    }

    /// What `leaveWork` left goes when it is older than `patience`, and the rest of the scratch with it.
    func removeScratch(olderThan patience: Duration) throws(SystemError) {
        var status = stat()
        if unsafe lstat(work, &status) == 0 {
            let age = Timestamp.now.seconds - Int64(status.st_mtim.tv_sec)
            if age < patience.milliseconds / 1000 { return }
        }
        try removeScratch()
    }

    /// When the task has ended: all but the artifacts goes, and the whole folder where there are none.
    package func removeScratch() throws(SystemError) {
        // Whole or not at all for who would take it over meanwhile. What a server left that was killed goes first.
        let removed = "\(path)/removed"
        try FolderSweep.remove(removed)
        guard unsafe rename(work, removed) == 0 || errno == ENOENT else {
            throw SystemError("rename \(work)")
        }
        try FolderSweep.remove(removed)
        try FolderSweep.remove(files)
        // Refused where there is something in them; a server that was killed may have taken the first away already.
        unsafe _ = rmdir(artifacts)
        unsafe _ = rmdir(path)
    }

    /// Of a task that nobody works at: takes away what need not be kept, all of it where the task is none, and measures
    /// the rest where what is known of it cannot be right.
    func clear(
        _ status: TaskStatus?, keepingWork patience: Duration, isSpared: Bool, measured: FolderSize?
    ) -> FolderSize? {
        switch status {
        case nil where !isSpared: try? remove()
        case .succeeded?: try? removeScratch()
        case let status? where status.isOver: try? removeScratch(olderThan: patience)
        default: break
        }
        guard let status, status.isOver else { return nil }
        // What is left after the end only ever goes. An empty folder is one of no bytes.
        if let measured, measured.work == 0 || hasWork { return nil }
        return measure()
    }

    /// When the task is forgotten.
    package func remove() throws(SystemError) { try FolderSweep.remove(path) }
}
