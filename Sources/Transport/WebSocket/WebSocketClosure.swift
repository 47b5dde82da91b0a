package import Wire

/// How a WebSocket came to its end. An object, as each connection has room for one and few have one.
package final class WebSocketClosure: Equatable, Sendable {
    package enum Cause: Int, CaseIterable, Sendable {
        /// We closed it, with `code`.
        case ours
        /// The peer closed it, with `code` if it gave one.
        case theirs
        /// The peer broke the protocol; it was told so with `code`.
        case violation
        /// The peer's connection broke or went away without a close frame.
        case lost
        /// The peer did not answer a ping in time.
        case notAnswering
        /// The peer took nothing of what was sent for too long, or let too much of it queue.
        case notReading
    }

    package let cause: Cause
    package let code: WebSocketCloseCode?
    package let reason: String

    package init(_ cause: Cause, _ code: WebSocketCloseCode?, _ reason: String) {
        self.cause = cause
        self.code = code
        self.reason = reason
    }

    package static func == (left: WebSocketClosure, right: WebSocketClosure) -> Bool {
        left.cause == right.cause && left.code == right.code && left.reason == right.reason
    }
}
