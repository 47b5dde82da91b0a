package import Transport
package import Wire

extension Response {
    /// An error as its asker is told it: a problem document with the request's id, and when to come again where
    /// that helps.
    package static func refusal(
        _ error: HTTPError, of request: Request, headers: HTTPHeaders = [:]
    ) -> Response {
        var headers = headers
        let isPassing = error.status == .serviceUnavailable || error.status == .tooManyRequests
        if isPassing, !headers.contains(.retryAfter) { headers.append(.retryAfter, "1") }
        return .problem(error, id: request.id, headers: headers)
    }
}
