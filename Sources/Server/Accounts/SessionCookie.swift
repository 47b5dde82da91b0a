import Wire

/// The cookie that a signed-in page has: out of reach for scripts, and never sent for another site's pages.
package enum SessionCookie {
    /// The server decides when a sign-in ends, since each use prolongs it; 400 days are what browsers allow.
    private static let maxAge = 400 * 86_400

    /// Under TLS the prefix keeps any other host or plain-text page from setting it (RFC 6265bis 4.1.3).
    package static func name(isSecure: Bool) -> String {
        isSecure ? "__Host-holdfast_session" : "holdfast_session"
    }

    static func value(in head: HTTPRequestHead, isSecure: Bool) -> String? {
        head.headers.cookie(name(isSecure: isSecure)).flatMap { $0.isEmpty ? nil : $0 }
    }

    static func make(_ secret: Secret, isSecure: Bool) -> HTTPSetCookie {
        HTTPSetCookie(name(isSecure: isSecure), secret.text, maxAge: maxAge, isSecure: isSecure)
    }

    /// Makes the browser forget it.
    static func none(isSecure: Bool) -> HTTPSetCookie {
        HTTPSetCookie(name(isSecure: isSecure), "", maxAge: 0, isSecure: isSecure)
    }
}
