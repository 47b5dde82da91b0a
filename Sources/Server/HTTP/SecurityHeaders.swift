package import Transport
import Wire

/// What every answer says to browsers, so that a page can do no more than it needs.
package enum SecurityHeaders {
    /// For pages: their own files, inline styles (the editor and the terminal set them), pictures from data URLs.
    private static let page = """
        default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; \
        base-uri 'none'; form-action 'self'; frame-ancestors 'none'
        """
    /// For everything else: it is data, and nothing in it may run, even if it is opened by itself.
    private static let data =
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

    /// Adds what is missing; what a route has set itself stays.
    package static func add(to response: inout Response) {
        if response.head.status == .switchingProtocols { return }
        let type = response.head.headers[.contentType] ?? ""
        set(&response, "X-Content-Type-Options", "nosniff")
        set(&response, "Referrer-Policy", "no-referrer")
        set(&response, "Cross-Origin-Opener-Policy", "same-origin")
        set(&response, "Cross-Origin-Resource-Policy", "same-origin")
        // A 304 changes the headers of what the browser has, so it says none that depend on the type.
        guard response.head.status != .notModified else { return }
        set(&response, .contentSecurityPolicy, isProgram(type) ? page : data)
        set(&response, .cacheControl, "no-store")
    }

    /// A worker lives by the policy that its own script came with.
    private static func isProgram(_ type: String) -> Bool {
        type.hasPrefix("text/html") || type.hasPrefix("text/javascript")
    }

    private static func set(_ response: inout Response, _ name: HTTPHeaderName, _ value: String) {
        if !response.head.headers.contains(name) { response.head.headers.append(name, value) }
    }
}
