import Glibc
import Loop

/// What terminals are made of outside of their server: holders, PTYs, and what came from the programs.
///
/// A PTY is there for as long as somebody has its outer side, which only the server and its holders ever have; so
/// these are counted where they are open, and not in `/dev/pts`, where everybody's are.
struct TerminalRemains: Equatable, CustomStringConvertible {
    private let holders: Set<pid_t>
    private let terminals: Int
    private let programs: Set<pid_t>

    /// - Parameters:
    ///   - server: the process of the server, whose holders are the same program.
    ///   - mark: what the environment of all programs on its terminals has.
    init(of server: pid_t, mark: String) {
        let program = Self.link("/proc/\(server)/exe")
        holders = Set(
            ProcFile.numbers(in: "/proc").filter { pid in
                let words = (ProcFile.contents("/proc/\(pid)/cmdline") ?? []).split(separator: 0)
                guard words.count == 2, words[1].elementsEqual("hold".utf8) else { return false }
                return Self.link("/proc/\(pid)/exe") == program
            })
        terminals = holders.union([server]).reduce(0) { count, pid in
            let folder = "/proc/\(pid)/fd"
            return count
                + ProcFile.numbers(in: folder).count {
                    Self.link("\(folder)/\($0)")?.hasSuffix("/ptmx") == true
                }
        }
        programs = Set(MarkedProcesses(mark: mark).ids.map(\.pid))
    }

    var description: String {
        "holders \(holders.sorted()), \(terminals) outer sides of PTYs, programs \(programs.sorted())"
    }

    private static func link(_ path: String) -> String? {
        var name = [UInt8](repeating: 0, count: 4096)
        let count = unsafe name.withUnsafeMutableBytes {
            unsafe readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        return count > 0 ? String(decoding: name[..<count], as: UTF8.self) : nil
    }
}
