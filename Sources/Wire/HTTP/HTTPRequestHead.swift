/// A request without its body.
package struct HTTPRequestHead: Sendable {
    package let method: HTTPMethod
    package let target: HTTPTarget
    package let version: HTTPVersion
    package let headers: HTTPHeaders
    let framing: HTTPFraming

    /// The host and port asked for: the target's own, or else the Host field's; empty in HTTP/1.0 without.
    package let authority: String

    /// A request to send. Framing fields are the writer's business; a Host field is the caller's.
    package init(_ method: HTTPMethod, _ target: HTTPTarget, headers: HTTPHeaders) throws(HTTPError) {
        try self.init(method, target, .http11, headers, HTTPFraming(headers))
    }

    init(
        _ method: HTTPMethod, _ target: HTTPTarget, _ version: HTTPVersion, _ headers: HTTPHeaders,
        _ framing: HTTPFraming
    ) throws(HTTPError) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.framing = framing
        if let host = framing.host {
            let named = try HTTPTarget.authority(headers.bytes.span.extracting(host.value.asInt))
            authority = target.authority ?? named
        } else {
            guard version == .http10 else { throw .malformed("There is no Host field; HTTP/1.1 needs one.") }
            authority = target.authority ?? ""
        }
    }
}

extension HTTPRequestHead {
    /// Whether the peer means to go on with this connection after the response.
    package var keepsAlive: Bool { framing.keepsAlive(version) }

    /// The peer waits for `100 Continue` before it sends its body (RFC 9110 10.1.1).
    package var expectsContinue: Bool { framing.expectsContinue && version == .http11 && hasBody }

    /// The length of the body where it is told beforehand.
    package var contentLength: UInt64? { framing.contentLength }

    package var hasBody: Bool { framing.isChunked || (framing.contentLength ?? 0) > 0 }

    /// Asks to become a WebSocket; whether it does so rightly is for the handshake to say (RFC 6455 4.2.1).
    package var upgradesToWebSocket: Bool {
        framing.upgradesToWebSocket && framing.connection.contains(.upgrade) && version == .http11
    }
}
