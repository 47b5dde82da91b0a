import Glibc

/// Signals as people write them.
package enum SignalName {
    private static let all: [(name: String, number: CInt)] = [
        ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("ILL", SIGILL), ("TRAP", SIGTRAP),
        ("ABRT", SIGABRT), ("BUS", SIGBUS), ("FPE", SIGFPE), ("KILL", SIGKILL), ("USR1", SIGUSR1),
        ("SEGV", SIGSEGV), ("USR2", SIGUSR2), ("PIPE", SIGPIPE), ("ALRM", SIGALRM), ("TERM", SIGTERM),
        // Linux has it on all processors that Swift knows, and Glibc's header does not spell it for Swift.
        ("STKFLT", 16), ("CHLD", SIGCHLD), ("CONT", SIGCONT), ("STOP", SIGSTOP), ("TSTP", SIGTSTP),
        ("TTIN", SIGTTIN), ("TTOU", SIGTTOU), ("URG", SIGURG), ("XCPU", SIGXCPU), ("XFSZ", SIGXFSZ),
        ("VTALRM", SIGVTALRM), ("PROF", SIGPROF), ("WINCH", SIGWINCH), ("IO", SIGIO), ("PWR", SIGPWR),
        ("SYS", SIGSYS),
    ]

    /// Those that may be sent to what runs on a terminal.
    static let sendableNames = [
        "HUP", "INT", "QUIT", "KILL", "TERM", "USR1", "USR2", "CONT", "STOP", "TSTP", "WINCH",
    ]

    /// The one of that name, where it may be sent.
    static func sendable(_ name: String) -> CInt? {
        sendableNames.contains(bare(name)) ? number(name) : nil
    }

    /// With or without `SIG` before it; one without a name is `SIG` and its number.
    package static func number(_ name: String) -> CInt? {
        let name = bare(name)
        return all.first { $0.name == name }?.number
            ?? CInt(name).flatMap { (1...64).contains($0) ? $0 : nil }
    }

    package static func of(_ number: CInt) -> String {
        "SIG\(all.first { $0.number == number }?.name ?? String(number))"
    }

    private static func bare(_ name: String) -> String {
        let name = name.uppercased()
        return name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name
    }
}
