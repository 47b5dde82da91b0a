package import Transport
package import Wire

extension Response {
    /// Content that its asker may have already: 304 then, and 412 where it was asked for in another state.
    package static func cached(
        _ bytes: [UInt8], type: String, tag: HTTPEntityTag, lastModified: HTTPDate? = nil,
        cacheControl: String = "no-cache", for request: Request
    ) -> Response {
        let known = tag.known(to: request.head)
        var headers: HTTPHeaders = [.cacheControl: cacheControl]
        if let lastModified { headers.append(.lastModified, lastModified.description) }
        switch HTTPPreconditions(of: request.head, entityTag: known, lastModified: lastModified) {
        case .proceed:
            headers.append(.etag, tag.description)
            headers.append(.contentType, type)
            return Response(.ok, headers: headers, body: .bytes(bytes))
        case .notModified:
            headers.append(.etag, known.description)
            headers.append(.vary, "Accept-Encoding")
            return Response(.notModified, headers: headers)
        case .failed:
            return .refusal(
                HTTPError(
                    .preconditionFailed, "It is no longer in the state that was asked for; fetch it again."),
                of: request)
        }
    }
}
