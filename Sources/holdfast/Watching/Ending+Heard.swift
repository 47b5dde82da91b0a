import Configuration
import FoundationEssentials
import Sessions
import Transport
import Wire

extension Ending {
    /// What a connection's end means to whoever was listening.
    /// - Parameter announced: what the server's last message said; a close frame has less room.
    init(of closure: WebSocketClosure, announced: Ending?) {
        switch closure.cause {
        case .lost: self.init(.peerLost, closure.reason)
        case .notAnswering, .notReading: self.init(.notAnswering, closure.reason)
        case .violation: self.init(.protocolError, closure.reason)
        case .ours: self.init(.completed)
        case .theirs: self = announced ?? Ending(closedWith: closure.code, closure.reason)
        }
    }

    private init(closedWith code: WebSocketCloseCode?, _ reason: String) {
        // Proxies that give up a connection do so without a word.
        guard let code = code?.rawValue else {
            self.init(.peerLost, "Closed without a reason")
            return
        }
        let row = Ending.table.first { $0.closeCode == code && $0.reason != .refused }
        let detail = reason.isEmpty || reason == row?.text ? nil : reason
        if let row {
            self.init(row.reason, detail)
        } else if (4400...4499).contains(code) {
            self = .refused(status: Int(code) - 4000, detail)
        } else {
            self.init(.tryAgainLater, "\(code) \(reason)")
        }
    }

    private struct Announcement: Decodable {
        struct Data: Decodable {
            let name: String
            let reason: String?
        }
        let data: Data
    }

    /// What a message `end` says; nil where it names an ending that is not in the table.
    init?(announcedBy message: [UInt8]) {
        guard let end = try? JSONDecoder().decode(Announcement.self, from: Data(message)),
            let row = Ending.table.first(where: { $0.name == end.data.name })
        else { return nil }
        self.init(row.reason, end.data.reason == row.text ? nil : end.data.reason)
    }

    /// What it means that there was an answer, but no WebSocket.
    init(refusedWith head: HTTPResponseHead, _ body: [UInt8]) {
        guard head.status.isError else {
            self.init(.badRequest, "There is no live endpoint at this address")
            return
        }
        self = .refused(status: Int(head.status.code), Problem.sentence(head, body))
    }
}

extension Ending {
    /// `server_shutdown, 1001: The server is shutting down; connect again, here or elsewhere.`: what the server said of
    /// this one ending, else what is to be said of all such.
    var words: String {
        let code = closeCode.map { ", \($0)" } ?? ""
        let sentence = detail ?? sentence
        return "\(reason.name)\(code): \(sentence)" + (sentence.hasSuffix(".") ? "" : ".")
    }
}

extension ExitCode {
    /// What a command that ended so exits with.
    init(_ ending: Ending) { self = ExitCode(rawValue: Int32(ending.exitStatus)) ?? .failure }
}
