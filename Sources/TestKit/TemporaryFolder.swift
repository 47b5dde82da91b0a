import CLinux
import Glibc
import Loop

/// A new folder for one test, gone with all in it when the last who knows it lets go.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        var template = Array("/tmp/holdfast-test-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { Self.remove(path) }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    private static func remove(_ folder: String) {
        guard let entries = unsafe opendir(folder) else { return }
        while let entry = unsafe readdir(entries) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let path = "\(folder)/\(name)"
            if unsafe unlink(path) != 0 { remove(path) }
        }
        unsafe closedir(entries)
        unsafe rmdir(folder)
    }
}
