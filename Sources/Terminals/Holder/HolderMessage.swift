import Glibc
import Loop

/// What is to run on a terminal.
package struct TerminalLaunch: Sendable, Codable {
    package struct User: Sendable, Codable {
        package var user: UInt32
        package var group: UInt32
        package var groups: [UInt32]

        package init(user: UInt32, group: UInt32, groups: [UInt32]) {
            self.user = user
            self.group = group
            self.groups = groups
        }
    }

    package var program: String
    package var arguments: [String]
    package var environment: [String: String]
    package var directory: String?
    package var size: TerminalSize
    /// As whom; as the server where it is nil.
    package var user: User?

    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String],
        directory: String? = nil,
        size: TerminalSize = .usual, user: User? = nil
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.size = size
        self.user = user
    }
}

/// What a holder is told once, before anything runs.
struct HoldingOrder: Sendable, Codable {
    var launch: TerminalLaunch
    /// How many of the last bytes are kept.
    var windowBytes: Int
    /// So much may be said that the server has not taken, while there is one.
    var ahead: UInt64
    /// Where later servers find it, with the mark of its processes behind it; nil for one that ends with its server.
    var socketPath: String?
    var grace: EndingGrace
    /// How long it waits for a server that went away.
    var orphanPatience: Int64
    /// What the server knows of the terminal, kept for a later one.
    var note: String
}

/// How long the programs have to end by themselves, whatever ends the terminal, in milliseconds.
struct EndingGrace: Sendable, Codable {
    /// Between SIGHUP and SIGTERM.
    let afterHangup: Int64
    /// Between SIGTERM and SIGKILL.
    let afterTerminate: Int64

    init(_ setting: TerminalSetting) {
        afterHangup = setting.afterHangup.milliseconds
        afterTerminate = setting.afterTerminate.milliseconds
    }

    var ladder: StopLadder {
        StopLadder(
            request: SIGHUP, afterRequest: .milliseconds(afterHangup),
            afterTerminate: .milliseconds(afterTerminate))
    }
}

/// What the server says to a holder.
enum HolderRequest: Sendable, Codable {
    case begin(HoldingOrder)
    /// A server has come, and wants to know how things are.
    case hello(grace: EndingGrace)
    /// Ends the program and its tree.
    case end
    /// Another note in place of the one before.
    case note(String)
    /// The server has all, and the holder may go.
    case release
}

/// What a holder says to the server.
enum HolderReply: Sendable, Codable {
    /// With two descriptors: the window's and the terminal's outer side.
    /// All that come from the program bear the mark `life`.
    case holding(pid: Int32, life: String, note: String)
    case failed(call: String, code: Int32)
    /// The program and all of its tree have ended, and all that they said is in the window.
    case over(TerminalExit)
}
