/// A terminal as a server shows it. What a newer server says besides is left out.
struct TerminalRecord: Decodable, Sendable {
    struct Attached: Decodable {
        let writers: Int
        let viewers: Int
    }

    struct Exit: Decodable {
        let code: Int?
        let signal: String?
    }

    struct Ended: Decodable {
        let reason: String?
        let sentence: String?
    }

    struct Process: Decodable {
        let pid: Int?
        let isActive: Bool?
    }

    let id: String
    let title: String?
    let template: String?
    let owner: String?
    let command: String?
    let args: [String]?
    let cwd: String?
    let cols: Int?
    let rows: Int?
    let state: String
    let createdAt: String?
    let attached: Attached?
    let offset: UInt64?
    let keptFrom: UInt64?
    let isRecording: Bool?
    let expiresAt: String?
    let expiresBecause: String?
    let exit: Exit?
    let ended: Ended?
    let process: Process?
}

/// The terminals of a server.
struct TerminalTable: Decodable, Sendable {
    let terminals: [TerminalRecord]

    var text: String {
        var table = Table("ID", "STATE", "TEMPLATE", "OWNER", "SIZE", "ATTACHED", "CREATED", "TITLE")
        for terminal in terminals { table.add(terminal.row) }
        return table.text
    }
}

extension TerminalRecord {
    var isRunning: Bool { state == "running" }

    private var size: String? {
        guard let cols, let rows else { return nil }
        return "\(cols)x\(rows)"
    }

    private var readers: String? { attached.map { "\($0.writers) write, \($0.viewers) look" } }

    private var ending: String? { exit.flatMap { $0.signal ?? $0.code.map { "exit \($0)" } } }

    fileprivate var row: [String] {
        [
            id, ending.map { "\(state) (\($0))" } ?? state, template ?? "-", owner ?? "-", size ?? "-",
            readers ?? "-", createdAt ?? "-", (title ?? command ?? "-").onOneLine,
        ]
    }

    /// All that a person may want to know of it.
    var page: String {
        let rows: [(String, String?)] = [
            ("terminal", id), ("title", title), ("state", state), ("exit", ending), ("reason", ended?.reason),
            ("sentence", ended?.sentence), ("template", template), ("owner", owner),
            ("command", command.map { ([$0] + (args ?? [])).joined(separator: " ") }), ("folder", cwd),
            ("size", size), ("attached", readers), ("created", createdAt),
            ("said", offset.map { "\($0) bytes" }),
            ("kept", offset.flatMap { end in keptFrom.map { "\(end - min($0, end)) bytes" } }),
            ("recorded", isRecording == true ? "yes" : nil), ("process", process?.pid.map { "\($0)" }),
            ("ends", expiresAt.map { at in expiresBecause.map { "\(at) (\($0))" } ?? at }),
        ]
        let lines = rows.compactMap { name, value in value.map { (name, $0) } }
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value.onOneLine + "\n"
        }.joined()
    }
}
