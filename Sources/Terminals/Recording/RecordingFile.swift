import Glibc
import Loop

/// The files of recordings, each `ID.cast`. All of this blocks, so not on a loop.
package enum RecordingFile {
    /// Adds all of `bytes`, or nothing.
    static func append(_ bytes: [UInt8], to path: String) throws(SystemError) {
        let raw = unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
        guard raw >= 0 else { throw SystemError("open \(path)") }
        defer { close(raw) }
        let before = lseek(raw, 0, SEEK_END)
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe write(raw, $0.baseAddress! + sent, $0.count - sent)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let error = SystemError("write \(path)")
                if before >= 0 { ftruncate(raw, before) }
                throw error
            }
            sent += count
        }
    }

    /// Removes those that are older than `age`, and then the oldest until all of them are no more than `bytes`; never
    /// one of `living`. How many went.
    package static func sweep(
        _ folder: String, olderThan age: Duration?, keeping bytes: Int, except living: Set<String>
    ) -> Int {
        let now = Timestamp.now.milliseconds
        var files = list(folder).sorted { $0.changedAt > $1.changedAt }
        var sum = 0
        files.removeAll { file in
            sum += file.bytes
            let isOld = age.map { now - file.changedAt > $0.milliseconds } ?? false
            return living.contains(file.id) || !(isOld || sum > bytes)
        }
        for file in files { unsafe _ = unlink("\(folder)/\(file.id).cast") }
        return files.count
    }

    private struct Found {
        let id: String
        let bytes: Int
        /// In milliseconds since 1970.
        let changedAt: Int64
    }

    private static func list(_ folder: String) -> [Found] {
        guard let entries = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(entries) }
        var found: [Found] = []
        while let entry = unsafe readdir(entries) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var status = stat()
            guard name.hasSuffix(".cast"), TerminalID(name.dropLast(5)) != nil,
                unsafe lstat("\(folder)/\(name)", &status) == 0
            else { continue }
            found.append(
                Found(
                    id: String(name.dropLast(5)), bytes: Int(status.st_size),
                    changedAt: Int64(status.st_mtim.tv_sec) * 1000))
        }
        return found
    }
}
