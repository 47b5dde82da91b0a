import CLinux
import Glibc
import Workflows

/// One line at the bottom of a terminal that says how far the phases are. Nothing where standard error is none.
struct ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var shown = ""

    /// Shows where the task stands; nothing once it is over.
    mutating func show(_ record: TaskRecord) {
        guard isTerminal else { return }
        let text = record.status.isOver ? "" : Self.text(record)
        guard text != shown else { return }
        clear()
        write(String(text.onOneLine.prefix(Self.columns - 1)))
        shown = text
    }

    mutating func clear() {
        guard !shown.isEmpty else { return }
        // Back to its beginning, and away with what stands there (ECMA-48).
        write("\r\u{1B}[K")
        shown = ""
    }

    /// `count 40% 2 of 5 stars · greet`
    static func text(_ record: TaskRecord) -> String {
        let words = record.phases.filter { $0.status == .running }.compactMap { phase -> String? in
            guard let progress = phase.progress else { return nil }
            return "\(phase.name) \(Int(progress))%" + (phase.text.map { " \($0)" } ?? "")
        }
        return words.joined(separator: " · ")
    }

    private static var columns: Int {
        let columns = Int(hf_terminal_columns(STDERR_FILENO))
        return columns > 1 ? columns : 80
    }

    private func write(_ text: String) { try? Output.note(Array(text.utf8)) }
}
