import Glibc
import Loop

/// What stands in an open folder, by names as the kernel has them: bytes that end with a zero, and need not be text.
enum FolderNames {
    /// Without `.` and `..`. Blocks.
    static func all(in folder: CInt) throws(SystemError) -> [[CChar]] {
        // One of its own, since reading moves the place in it and closing closes it.
        let copy = unsafe openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw SystemError("open") }
        guard let entries = unsafe fdopendir(copy) else {
            close(copy)
            throw SystemError("opendir")
        }
        defer { unsafe closedir(entries) }
        var names: [[CChar]] = []
        while let entry = unsafe readdir(entries) {
            // The name ends with a zero within its field.
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { field in
                unsafe field.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
            }
            if name != dot, name != dots { names.append(name) }
        }
        return names
    }

    private static let dot = [CChar(bitPattern: UInt8(ascii: ".")), 0]
    private static let dots = [CChar(bitPattern: UInt8(ascii: ".")), CChar(bitPattern: UInt8(ascii: ".")), 0]

    /// For people.
    static func text(_ name: [CChar]) -> String {
        String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
