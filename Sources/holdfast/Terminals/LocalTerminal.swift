import CLinux
import Glibc
import Loop

/// How many columns and rows a terminal has.
struct TerminalSize: Equatable, Sendable {
    let columns: UInt16
    let rows: UInt16
}

/// The terminal that a person sits at, as far as the standard streams lead to one.
enum LocalTerminal {
    static var isInput: Bool { isatty(STDIN_FILENO) == 1 }
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Nil without a terminal, or where it says that it has no size.
    static var size: TerminalSize? {
        for stream in [STDOUT_FILENO, STDIN_FILENO] {
            var columns: UInt16 = 0
            var rows: UInt16 = 0
            guard unsafe hf_terminal_size(stream, &columns, &rows) == 0, columns > 0, rows > 0 else {
                continue
            }
            return TerminalSize(columns: columns, rows: rows)
        }
        return nil
    }

    /// Has every key come as it is, until `leaveRaw` or the end of the program. A program in the background does
    /// nothing of the kind.
    static func enterRaw() throws(SystemError) {
        guard hf_enter_raw(STDIN_FILENO) >= 0 else { throw SystemError("tcsetattr") }
    }

    static func leaveRaw() { hf_leave_raw() }
}
