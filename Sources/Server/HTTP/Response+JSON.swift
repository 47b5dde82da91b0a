import FoundationEssentials
package import Transport
package import Wire

extension Response {
    /// A value as JSON. One that cannot be written is a defect of ours: 500.
    package static func json(
        _ value: some Encodable, status: HTTPStatus = .ok, headers: HTTPHeaders = [:]
    ) throws(HTTPError) -> Response {
        do {
            return json(
                bytes: [UInt8](try JSONFormat.encoder.encode(value)), status: status, headers: headers)
        } catch {
            throw .internalError(error)
        }
    }

    /// JSON that is there already.
    package static func json(
        bytes: [UInt8], status: HTTPStatus = .ok, headers: HTTPHeaders = [:]
    ) -> Response {
        var response = Response(status, headers: headers, body: .bytes(bytes))
        response.head.headers[.contentType] = "application/json"
        return response
    }
}
