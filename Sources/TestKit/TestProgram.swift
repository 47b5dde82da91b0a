import Glibc

/// Programs that are built with the tests.
package enum TestProgram {
    /// `holdfast`, beside the tests' own program.
    package static let holdfast: String = {
        var link = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/exe", &link, link.count - 1)
        let own = String(decoding: link.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return own[..<(own.lastIndex(of: "/") ?? own.endIndex)] + "/holdfast"
    }()
}
