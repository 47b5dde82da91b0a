import FoundationEssentials
import Glibc
import JSONCoding
import Terminals

/// What a terminal's server says besides the terminal's bytes. What a newer one says besides is left out.
struct TerminalMessage: Decodable {
    struct Content: Decodable {
        let offset: UInt64?
        let canWrite: Bool?
        let typist: String?
        let typed: UInt64?
        let from: UInt64?
        let to: UInt64?
        let code: Int?
        let signal: String?
        let detail: String?
        let reason: String?
        let at: String?
    }

    let type: String
    let data: Content?

    /// Nil for what cannot be read.
    init?(_ message: [UInt8]) {
        guard let read = try? JSONFormat.decoder.decode(Self.self, from: Data(message)) else { return nil }
        self = read
    }
}

/// How a terminal's program ended, as shells say it: its status, or 128 and the number of the signal.
enum TerminalExit {
    static func status(code: Int?, signal: String?) -> CInt? {
        if let code { return CInt(truncatingIfNeeded: code & 0xFF) }
        guard let signal else { return nil }
        // One that only a newer server knows is a signal all the same.
        return 128 + (SignalName.number(signal) ?? SIGKILL)
    }
}
