package import Loop
package import Wire

/// A request as its handler sees it. Lives on the loop of its connection.
package struct Request {
    package let head: HTTPRequestHead
    package let body: RequestBody
    package let peer: SocketAddress
    package let isSecure: Bool
    package let receivedAt: Instant
    /// Names the request in logs and in the answer.
    package let id: RequestID
    /// Who answers for its connection, as its handler said; nil where there is none.
    package let keeper: (any ConnectionKeeper)?
}

/// Twelve hexadecimal digits that name one request in the log, in the answer and to whoever asks about it.
package struct RequestID: Hashable, Sendable, CustomStringConvertible {
    private let number: UInt64

    /// Random, so that nobody learns from it how many requests there were.
    package init() { number = .random(in: 0..<1 << 48) }

    package var description: String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }
}
