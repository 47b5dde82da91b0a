/// Why a WebSocket must be closed: the code the close frame carries, and what was wrong in a sentence.
package struct WebSocketError: Error, Equatable, CustomStringConvertible {
    package let code: WebSocketCloseCode
    package let reason: String

    package init(_ code: WebSocketCloseCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String { "\(code.rawValue): \(reason)" }

    package static let invalidUTF8 = WebSocketError(.invalidPayload, "Text is not valid UTF-8")
    package static let messageTooBig = WebSocketError(.messageTooBig, "Message is longer than allowed")
    package static let frameTooBig = WebSocketError(.messageTooBig, "Frame is longer than allowed")
    package static let invalidDeflate = WebSocketError(.invalidPayload, "Compressed data is damaged")

    static func protocolError(_ reason: String) -> WebSocketError { WebSocketError(.protocolError, reason) }
}
