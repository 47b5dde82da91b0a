import Glibc
package import Loop

extension WorkflowFolder {
    /// Makes the folder with the examples in it, and says whether it did: where there is a folder already,
    /// nothing in it is touched. It blocks.
    ///
    /// The folder is filled beside its place and put there whole, so that a crash leaves no half of it.
    @discardableResult
    package static func installExamples(in path: String) throws(SystemError) -> Bool {
        if unsafe access(path, F_OK) == 0 { return false }
        let beside = "\(path).new"
        if unsafe mkdir(beside, 0o755) != 0, errno != EEXIST { throw SystemError("mkdir \(beside)") }
        for example in WorkflowExample.all {
            try write(Array(example.text.utf8), to: "\(beside)/\(example.name).yaml")
        }
        guard unsafe rename(beside, path) == 0 else { throw SystemError("rename \(beside)") }
        return true
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw SystemError("open \(path)") }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            // The pointer is used within the call only, for the bytes that are there.
            let count = unsafe bytes[written...].withUnsafeBytes { rest in
                unsafe Glibc.write(file, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("write \(path)") }
            written += count
        }
    }
}
