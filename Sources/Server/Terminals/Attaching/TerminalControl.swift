import Terminals
import Wire

/// What a client says on a terminal's WebSocket beside what is typed.
enum TerminalControl: Equatable, Sendable {
    case resize(TerminalSize)
    case signal(String)
    case extend
    case ping

    /// What cannot be understood, in a sentence for whoever sent it.
    struct Complaint: Error { let sentence: String }

    private static let longest = 4096

    static func read(_ payload: UnsafeRawBufferPointer) throws(Complaint) -> TerminalControl {
        guard payload.count <= longest else { throw Complaint(sentence: "A control message is not as long.") }
        var text = unsafe Array(payload)
        guard (try? JSONValidator.minify(&text)) != nil, let message = JSONObject(minified: text) else {
            throw Complaint(
                sentence: "Text messages are control, as JSON objects; what is typed goes in binary messages."
            )
        }
        switch message.text("type") {
        case "resize"?: return .resize(try size(message))
        case "extend"?: return .extend
        case "ping"?: return .ping
        case "signal"?:
            guard let name = message.text("signal") else {
                throw Complaint(sentence: #""signal" is missing: which one, as "INT"."#)
            }
            return .signal(String(name.prefix(20)))
        case let other?:
            throw Complaint(
                sentence:
                    "\"\(other.prefix(50))\" is no control message; there are resize, signal, extend and ping."
            )
        case nil: throw Complaint(sentence: #""type" is missing; there are resize, signal, extend and ping."#)
        }
    }

    private static func size(_ message: JSONObject) throws(Complaint) -> TerminalSize {
        guard let cols = message.number("cols"), let rows = message.number("rows"), cols <= 1000,
            rows <= 1000,
            let size = TerminalSize(checking: Int(cols), Int(rows))
        else { throw Complaint(sentence: TerminalError.badSize.sentence) }
        return size
    }
}
