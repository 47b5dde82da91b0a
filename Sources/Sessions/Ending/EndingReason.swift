/// The names of the endings; each has its row in the table.
package enum EndingReason: UInt8, CaseIterable, Sendable {
    // The work is over.
    case completed, failed, cancelled, peerLeft
    // The peer is out of reach, or said what cannot be understood.
    case peerLost, notAnswering, requestTimeout
    case protocolError, unsupportedData, invalidText, messageTooBig, policyViolation
    // The server's side.
    case serverShutdown, internalError, tryAgainLater
    // The session's own limits, and its owner.
    case idle, deadline, replaced, signedOut
    // It was never to be had.
    case badRequest, unauthenticated, forbidden, notFound, conflict, gone, tooManyRequests, refused

    /// Everything that is to be known about endings of this name.
    package var row: EndingRow { EndingRow.table[Int(rawValue)] }

    /// As logs, metrics and messages say it, in snake_case.
    package var name: String { row.name }

    /// The refusals that have a name of their own, by their HTTP status.
    static let refusals: [Int: EndingReason] = [
        400: .badRequest, 401: .unauthenticated, 403: .forbidden, 404: .notFound, 409: .conflict,
        410: .gone, 429: .tooManyRequests,
    ]
}
