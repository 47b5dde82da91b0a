/// Why something ended: a row of the one table of endings, and what there is to add to it.
///
/// Logs, the close frame, the command line, problem documents and the documentation are all made from it.
package struct Ending: Equatable, Sendable {
    package let reason: EndingReason

    /// Says more than the row does: what was wrong, which work is done, which id to quote. Shown to the peer.
    package let detail: String?

    /// The status that the peer was, or would have been, refused with over plain HTTP.
    package let httpStatus: Int?

    package init(_ reason: EndingReason, _ detail: String? = nil) {
        self.init(reason, detail, httpStatus: reason.row.httpStatus)
    }

    private init(_ reason: EndingReason, _ detail: String?, httpStatus: Int?) {
        self.reason = reason
        self.detail = detail
        self.httpStatus = httpStatus
    }

    /// Our fault; `id` is what the log has it under, and what the peer is asked to quote.
    package static func internalError(id: String) -> Ending {
        Ending(.internalError, "\(EndingReason.internalError.row.text) \(id)")
    }

    /// What a WebSocket that cannot be had ends with: 4400 + the last two digits of a 4xx status.
    ///
    /// A status above has its own close codes, since its last two digits would read as another refusal.
    package static func refused(status: Int, _ detail: String? = nil) -> Ending {
        if let named = EndingReason.refusals[status] { return Ending(named, detail) }
        switch status {
        case 400...499: return Ending(.refused, detail, httpStatus: status)
        case 503: return Ending(.tryAgainLater, detail)
        default: return Ending(.internalError, detail, httpStatus: status)
        }
    }

    /// What the close frame carries; nil when none may be sent, because the peer is out of reach.
    package var closeCode: UInt16? {
        guard reason == .refused, let httpStatus else { return reason.row.closeCode }
        return UInt16(4400 + httpStatus % 100)
    }

    /// What a program that ended this way exits with.
    package var exitStatus: UInt8 { reason.row.exitStatus }

    /// Whether a client does well to come again by itself, after a pause.
    package var mayRetry: Bool { reason.row.mayRetry }

    /// A sentence for people.
    package var sentence: String { reason.row.sentence }

    /// The close frame's text: at most 123 bytes, cut between characters (RFC 6455, 5.5).
    package var closeText: String {
        let text = detail ?? reason.row.text
        guard text.utf8.count > Self.closeTextLimit else { return text }
        var cut = ""
        var bytes = 0
        for character in text {
            bytes += character.utf8.count
            guard bytes <= Self.closeTextLimit else { break }
            cut.append(character)
        }
        return cut
    }

    /// A control frame carries 125 bytes, of which the code takes two.
    private static let closeTextLimit = 123
}

extension Ending: CustomStringConvertible {
    package var description: String { detail.map { "\(reason.name) (\($0))" } ?? reason.name }
}
