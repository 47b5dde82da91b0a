import Transport
import Wire

/// What pages of other origins are told, where the configuration allows them (the Fetch standard's CORS).
enum CrossOrigin {
    /// Lets a page of an allowed origin read the answer.
    static func permit(_ verdict: OriginRules.Verdict, _ head: HTTPRequestHead, _ response: inout Response) {
        guard verdict == .allowed, let origin = head.headers[.origin] else { return }
        response.head.headers[.accessControlAllowOrigin] = origin
        response.head.headers["Access-Control-Expose-Headers"] =
            "ETag, Retry-After, X-Feed-Stale, X-Request-Id"
        response.head.headers.vary(by: .origin)
        response.head.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    }

    /// The answer to a browser that asks beforehand; nil when the request is no such question.
    static func preflight(
        _ verdict: OriginRules.Verdict, _ head: HTTPRequestHead, _ match: RouteMatch
    ) -> Response? {
        guard verdict == .allowed, head.headers.contains("Access-Control-Request-Method"),
            case .options(let allow) = match
        else { return nil }
        return Response(
            .noContent,
            headers: [
                "Access-Control-Allow-Methods": allow,
                "Access-Control-Allow-Headers":
                    "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID",
                "Access-Control-Max-Age": "600",
            ])
    }
}

extension HTTPHeaderName {
    static let accessControlAllowOrigin: HTTPHeaderName = "Access-Control-Allow-Origin"
}
