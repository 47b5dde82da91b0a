/// The name of a header field; equal to itself in any case.
package struct HTTPHeaderName: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let text: String

    /// `text` must be a token; a writer refuses it otherwise.
    package init(_ text: String) { self.text = text }
    package init(stringLiteral text: String) { self.text = text }

    package var description: String { text }
}

extension HTTPHeaderName: Equatable {
    package static func == (one: HTTPHeaderName, other: HTTPHeaderName) -> Bool {
        one.text.utf8.span.equalsIgnoringCase(other.text)
    }
}

extension HTTPHeaderName {
    package static let accept: HTTPHeaderName = "Accept"
    package static let acceptEncoding: HTTPHeaderName = "Accept-Encoding"
    package static let allow: HTTPHeaderName = "Allow"
    package static let authorization: HTTPHeaderName = "Authorization"
    package static let cacheControl: HTTPHeaderName = "Cache-Control"
    package static let connection: HTTPHeaderName = "Connection"
    package static let contentEncoding: HTTPHeaderName = "Content-Encoding"
    package static let contentLength: HTTPHeaderName = "Content-Length"
    package static let contentSecurityPolicy: HTTPHeaderName = "Content-Security-Policy"
    package static let contentType: HTTPHeaderName = "Content-Type"
    package static let cookie: HTTPHeaderName = "Cookie"
    package static let date: HTTPHeaderName = "Date"
    package static let etag: HTTPHeaderName = "ETag"
    package static let expect: HTTPHeaderName = "Expect"
    package static let host: HTTPHeaderName = "Host"
    package static let ifMatch: HTTPHeaderName = "If-Match"
    package static let ifModifiedSince: HTTPHeaderName = "If-Modified-Since"
    package static let ifNoneMatch: HTTPHeaderName = "If-None-Match"
    package static let ifUnmodifiedSince: HTTPHeaderName = "If-Unmodified-Since"
    package static let lastEventID: HTTPHeaderName = "Last-Event-ID"
    package static let lastModified: HTTPHeaderName = "Last-Modified"
    package static let location: HTTPHeaderName = "Location"
    package static let origin: HTTPHeaderName = "Origin"
    package static let retryAfter: HTTPHeaderName = "Retry-After"
    package static let secWebSocketAccept: HTTPHeaderName = "Sec-WebSocket-Accept"
    package static let secWebSocketExtensions: HTTPHeaderName = "Sec-WebSocket-Extensions"
    package static let secWebSocketKey: HTTPHeaderName = "Sec-WebSocket-Key"
    package static let secWebSocketProtocol: HTTPHeaderName = "Sec-WebSocket-Protocol"
    package static let secWebSocketVersion: HTTPHeaderName = "Sec-WebSocket-Version"
    package static let setCookie: HTTPHeaderName = "Set-Cookie"
    package static let transferEncoding: HTTPHeaderName = "Transfer-Encoding"
    package static let upgrade: HTTPHeaderName = "Upgrade"
    package static let userAgent: HTTPHeaderName = "User-Agent"
    package static let vary: HTTPHeaderName = "Vary"
    package static let wwwAuthenticate: HTTPHeaderName = "WWW-Authenticate"
}
