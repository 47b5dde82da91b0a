/// A message that is refused: the status to answer with, and a sentence that says what to mend.
package struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
    package let status: HTTPStatus
    package let sentence: String
    /// What went wrong inside, for the log and never for the peer.
    package let cause: String?

    package init(_ status: HTTPStatus, _ sentence: String, cause: String? = nil) {
        self.status = status
        self.sentence = sentence
        self.cause = cause
    }

    package var description: String { "\(status.code) \(status.reason): \(sentence)" }
}

extension HTTPError {
    static func malformed(_ sentence: String) -> HTTPError { HTTPError(.badRequest, sentence) }

    /// What a handler did that HTTP cannot say; its own fault, so 500.
    static func unsayable(_ sentence: String) -> HTTPError { HTTPError(.internalServerError, sentence) }
}
