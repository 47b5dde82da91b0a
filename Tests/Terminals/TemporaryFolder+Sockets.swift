import Glibc
import TestKit

extension TemporaryFolder {
    /// Where later servers would look for holders.
    var sockets: [String] {
        guard let entries = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(entries) }
        var names: [String] = []
        while let entry = unsafe readdir(entries) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            let ending = name.split(separator: ".").last ?? ""
            if !name.hasPrefix("."), ending.count == 16 { names.append(name) }
        }
        return names
    }
}
