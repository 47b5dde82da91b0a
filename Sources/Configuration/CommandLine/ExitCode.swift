/// What the program says to the script that called it (`sysexits.h`, where it has a word for it).
package enum ExitCode: Int32, Sendable {
    case success = 0
    case failure = 1
    /// The command line was wrong (EX_USAGE).
    case usage = 64
    /// What was to be read or changed does not exist (EX_NOINPUT).
    case missing = 66
    /// The server or what it needs cannot be reached (EX_UNAVAILABLE).
    case unavailable = 69
    /// A fault of the program (EX_SOFTWARE).
    case fault = 70
    /// The credentials do not allow it (EX_NOPERM).
    case forbidden = 77
    /// The configuration was wrong (EX_CONFIG).
    case configuration = 78
}
