/// What a conditional request comes to, once the state of what it asks for is known (RFC 9110 13).
package enum HTTPPreconditions: Sendable {
    case proceed
    /// Answer 304, with the same ETag and no body.
    case notModified
    /// Answer 412.
    case failed

    /// Looks at a resource that exists, in the order of RFC 9110 13.2.2. A date that is none is no condition.
    package init(of request: HTTPRequestHead, entityTag: HTTPEntityTag?, lastModified: HTTPDate?) {
        let headers = request.headers
        let isRead = request.method == .get || request.method == .head
        if let wanted = HTTPEntityTagList(headers, .ifMatch) {
            guard wanted.includes(entityTag, by: HTTPEntityTag.matchesStrongly) else {
                self = .failed
                return
            }
        } else if let since = Self.date(headers, .ifUnmodifiedSince), let lastModified, lastModified > since {
            self = .failed
            return
        }
        if let known = HTTPEntityTagList(headers, .ifNoneMatch) {
            let isKnown = known.includes(entityTag, by: HTTPEntityTag.matchesWeakly)
            self = !isKnown ? .proceed : isRead ? .notModified : .failed
        } else if isRead, let since = Self.date(headers, .ifModifiedSince), let lastModified {
            self = lastModified > since ? .proceed : .notModified
        } else {
            self = .proceed
        }
    }

    private static func date(_ headers: HTTPHeaders, _ name: HTTPHeaderName) -> HTTPDate? {
        headers[name].flatMap { HTTPDate($0) }
    }
}
