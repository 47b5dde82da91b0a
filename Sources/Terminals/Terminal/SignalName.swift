import Glibc

/// Signals as people write them.
package enum SignalName {
    /// Those that may be sent to what runs on a terminal.
    static let all: [(name: String, number: CInt)] = [
        ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("KILL", SIGKILL), ("TERM", SIGTERM),
        ("USR1", SIGUSR1), ("USR2", SIGUSR2), ("CONT", SIGCONT), ("STOP", SIGSTOP), ("TSTP", SIGTSTP),
        ("WINCH", SIGWINCH),
    ]

    /// With or without `SIG` before it.
    package static func number(_ name: String) -> CInt? {
        let name = name.uppercased()
        let bare = name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name
        return all.first { $0.name == bare }?.number
    }

    package static func of(_ number: CInt) -> String {
        all.first { $0.number == number }.map { "SIG\($0.name)" } ?? "SIG\(number)"
    }
}
