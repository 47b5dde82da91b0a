package import Loop
package import Wire

/// What there is to say of one request and its answer, for logs and metrics.
package struct Exchange {
    /// Nil when no request could be read.
    package let head: HTTPRequestHead?
    package let id: RequestID
    package let peer: SocketAddress
    /// Nil when it ended before anything was answered.
    package let status: HTTPStatus?
    package let receivedAt: Instant
    package let bytesOut: Int
    package let end: ResponseEnd
    /// What was wrong with a request that could not be read.
    package let refusal: String?
}
