import Configuration
import JSONCoding
import Loop
import Sessions
import Terminals
import Wire

/// What is asked and answered about terminals.
enum TerminalMessages {
    /// A terminal that somebody wants.
    struct Wish: Decodable {
        let template: String?
        let command: String?
        let args: [String]?
        let cwd: String?
        let env: [String: String]?
        let cols: WholeNumber?
        let rows: WholeNumber?
        let title: String?
        /// Whether what it says is recorded.
        let recording: Bool?
        /// Whether it goes on when nobody is attached.
        let keep: Bool?
    }

    struct Size: Decodable {
        let cols: WholeNumber
        let rows: WholeNumber
    }

    struct Signal: Decodable {
        /// `INT` or `SIGINT`.
        let signal: String
    }

    struct Input: Decodable {
        let text: String
    }

    struct ShareWish: Decodable {
        /// In seconds.
        let expiresIn: WholeNumber?
    }

    struct Attached: Codable {
        let writers: Int
        let viewers: Int
    }

    /// How the program ended, by a code or a signal; by neither where its holder was lost, and nobody saw it.
    struct Exit: Codable {
        let code: Int?
        let signal: String?
        /// How many processes had to be killed.
        let killed: Int
        let tookMs: Int64
    }

    struct Ended: Codable {
        let reason: String
        let sentence: String
    }

    struct Process: Codable {
        let pid: Int
        let isActive: Bool
    }

    struct Terminal: Codable {
        let id: TerminalID
        let title: String
        @OrNull var template: String?
        @OrNull var owner: String?
        let command: String
        let args: [String]
        @OrNull var cwd: String?
        let cols: Int
        let rows: Int
        let state: TerminalInfo.State
        let createdAt: Timestamp
        let attached: Attached
        /// How many bytes it has said.
        let offset: UInt64
        /// The offset of the oldest byte that is kept.
        let keptFrom: UInt64
        let isRecording: Bool
        /// When it ends if nothing happens, by the earliest of its deadlines, and which that is.
        @OrNull var expiresAt: Timestamp?
        @OrNull var expiresBecause: TerminalExpiry?
        @OrNull var exit: Exit?
        @OrNull var ended: Ended?
        @OrNull var endedAt: Timestamp?
        let process: Process
        @OrNull var session: String?
    }

    struct Template: Codable {
        let name: String
        @OrNull var title: String?
        /// What it runs; a shell where it is null.
        @OrNull var command: String?
        let args: [String]
        let anyCommand: Bool
        let sandbox: String
        let takeover: String
        let keep: Bool
    }

    struct Share: Codable {
        let id: String
        @OrNull var account: String?
        let createdAt: Timestamp
        let expiresAt: Timestamp
        let viewers: Int
    }

    /// A link that has just been made; nobody is told its token again.
    struct NewShare: Codable {
        let id: String
        /// Of a WebSocket, where whoever asked found the server.
        let url: String
        let token: String
        let expiresAt: Timestamp
    }
}

extension TerminalMessages.Terminal {
    init(_ info: TerminalInfo) {
        let record = info.record
        self.init(
            id: record.id, title: record.title, template: record.template, owner: record.owner,
            command: record.command, args: record.arguments, cwd: record.directory,
            cols: Int(record.size.cols), rows: Int(record.size.rows), state: info.state,
            createdAt: record.createdAt,
            attached: TerminalMessages.Attached(writers: info.writers, viewers: info.viewers),
            offset: info.offset, keptFrom: info.keptFrom,
            isRecording: info.record.isRecorded, expiresAt: info.expiresAt,
            expiresBecause: info.expiresBecause,
            exit: info.exit.map(TerminalMessages.Exit.init),
            ended: info.ending.map { .init(reason: $0.reason.name, sentence: $0.closeText) },
            endedAt: info.endedAt,
            process: .init(pid: Int(info.pid), isActive: info.exit == nil && info.state != .ended),
            session: info.session.map { "\($0)" })
    }
}

extension TerminalMessages.Exit {
    init(_ exit: TerminalExit) {
        self.init(
            code: exit.code.map { Int($0) }, signal: exit.signal.map(SignalName.of), killed: exit.killed,
            tookMs: exit.tookMilliseconds)
    }
}

extension TerminalMessages.Template {
    init(_ template: TerminalTemplates.Template) {
        self.init(
            name: template.name, title: template.title, command: template.command, args: template.arguments,
            anyCommand: template.anyCommand, sandbox: template.sandbox.rawValue,
            takeover: template.takeover.rawValue, keep: template.keep)
    }
}

extension TerminalInfo.State: JSONChoice {}
extension TerminalExpiry: JSONChoice {}

extension TerminalID: JSONDescribed {
    static var schema: JSONNode { ["type": "string", "pattern": "^[bcdfghjkmnpqrstvwxz23456789]{10}$"] }
    static var sample: TerminalID { .make() }
}

extension TerminalID: PathValue {
    package static var expectation: String { "the ten letters and digits of a terminal's id" }
    package init?(pathSegment: String) { self.init(pathSegment) }
}
