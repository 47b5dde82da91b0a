package import Wire

extension Response {
    /// An error as a problem document (RFC 9457): what is wrong, in a sentence that says what to mend.
    package static func problem(
        _ error: HTTPError, id: RequestID? = nil, headers: HTTPHeaders = [:]
    ) -> Response {
        var text: [UInt8] = []
        text += #"{"type":"about:blank","title":"#.utf8
        JSONText.quote(error.status.reason, to: &text)
        text += #","status":\#(error.status.code),"detail":"#.utf8
        JSONText.quote(error.sentence, to: &text)
        if let id {
            text += #","request_id":"#.utf8
            JSONText.quote(id.description, to: &text)
        }
        text += "}\n".utf8
        var response = Response(error.status, headers: headers, body: .bytes(text))
        response.head.headers.append(.contentType, "application/problem+json")
        return response
    }
}
