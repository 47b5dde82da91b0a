import CLinux
import Glibc
import Loop

/// Who of all processes bears a mark, in its command line or its environment, as `/proc` has it now.
struct MarkedProcesses {
    /// A pid, and when it began: a pid alone may be another's by now.
    struct ID: Hashable {
        let pid: pid_t
        let began: String
    }

    let ids: Set<ID>
    /// The tasks that they say they belong to.
    let tasks: Set<String>

    init(mark: String) {
        var ids: Set<ID> = []
        var tasks: Set<String> = []
        let sought = Array(mark.utf8)
        for pid in ProcFile.numbers(in: "/proc") where pid != getpid() {
            guard let command = ProcFile.contents("/proc/\(pid)/cmdline"), !command.isEmpty else { continue }
            let environment = ProcFile.contents("/proc/\(pid)/environ") ?? []
            guard Self.has(sought, in: command) || Self.has(sought, in: environment),
                let began = Self.living(pid)
            else { continue }
            ids.insert(ID(pid: pid, began: began))
            let variable = environment.split(separator: 0).first {
                $0.starts(with: "HOLDFAST_TASK_ID=".utf8)
            }
            if let variable {
                tasks.insert(String(decoding: variable.dropFirst("HOLDFAST_TASK_ID=".count), as: UTF8.self))
            }
        }
        self.ids = ids
        self.tasks = tasks
    }

    /// When a process began; nil for one that has ended.
    private static func living(_ pid: pid_t) -> String? {
        let text = String(decoding: ProcFile.contents("/proc/\(pid)/stat") ?? [], as: UTF8.self)
        // The name in parentheses may hold anything; the fields behind it are plain.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 20, fields[1] != "Z", fields[1] != "X" else { return nil }
        return String(fields[20])
    }

    private static func has(_ sought: [UInt8], in bytes: [UInt8]) -> Bool {
        unsafe hf_find_bytes(bytes, bytes.count, sought, sought.count) >= 0
    }
}
