/// What the program says to the script that called it (`sysexits.h`, where it has a word for it; otherwise as
/// timeout(1) and shells have it).
package enum ExitCode: Int32, Sendable, CaseIterable {
    case success = 0
    case failure = 1
    /// The command line was wrong (EX_USAGE).
    case usage = 64
    /// What was given cannot be used (EX_DATAERR).
    case data = 65
    /// What was to be read or changed does not exist (EX_NOINPUT).
    case missing = 66
    /// The server or what it needs cannot be reached (EX_UNAVAILABLE).
    case unavailable = 69
    /// A fault of the program (EX_SOFTWARE).
    case fault = 70
    /// The system refuses what the program needs (EX_OSERR).
    case system = 71
    /// The data folder cannot be made (EX_CANTCREAT).
    case noFolder = 73
    /// Not now, but perhaps in a while (EX_TEMPFAIL).
    case temporary = 75
    /// The other side broke the protocol (EX_PROTOCOL).
    case protocolFault = 76
    /// The credentials do not allow it (EX_NOPERM).
    case forbidden = 77
    /// The configuration was wrong (EX_CONFIG).
    case configuration = 78
    /// Another server has the data folder; behind those of `sysexits.h`, which has no word for it.
    case folderInUse = 79
    /// A deadline came first.
    case timeout = 124
    /// A person ended it (128 + SIGINT).
    case interrupted = 130
    /// It was told twice to stop (128 + SIGTERM).
    case terminated = 143
}

extension ExitCode {
    /// What it means, for help and the documentation.
    package var meaning: String {
        switch self {
        case .success: "It is done."
        case .failure: "It could not be done; standard error says why."
        case .usage: "The command line is wrong."
        case .data: "What was given cannot be used: a message, a name, a password."
        case .missing: "What was asked for is not there: an account, a token, a session, a file."
        case .unavailable:
            "The server, or what was asked of it, cannot be reached; a server cannot listen at its address."
        case .fault: "A fault of the program or the server."
        case .system: "The system refuses what is needed: a file, descriptors, threads, memory."
        case .noFolder: "The data folder is not there and cannot be made."
        case .temporary: "Not now: the server is going down, the disk is full, a limit is reached. Try again."
        case .protocolFault: "The other side broke the protocol."
        case .forbidden:
            "The token or the account does not allow it, or does so no longer; or the system's permissions do not."
        case .configuration: "The configuration is wrong; every mistake is named."
        case .folderInUse: "Another server has the data folder, and is named."
        case .timeout: "A deadline came first."
        case .interrupted: "A person ended it: at once, in the case of a server that was stopping already."
        case .terminated: "A server that was stopping was told again, by SIGTERM, and ended at once."
        }
    }
}
