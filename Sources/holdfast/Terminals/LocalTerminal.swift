import CLinux
import Glibc
import Loop
import Terminals

/// The terminal that a person sits at, as far as the standard streams lead to one.
enum LocalTerminal {
    static var isInput: Bool { isatty(STDIN_FILENO) == 1 }
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    /// As much of it as a terminal of a server can have; nil without one, or where it says that it has no size.
    static var size: TerminalSize? {
        for stream in [STDOUT_FILENO, STDIN_FILENO] {
            var columns: UInt16 = 0
            var rows: UInt16 = 0
            guard unsafe hf_terminal_size(stream, &columns, &rows) == 0, columns > 0, rows > 0 else {
                continue
            }
            return TerminalSize(within: columns, rows)
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
