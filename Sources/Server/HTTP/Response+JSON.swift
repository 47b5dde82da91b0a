import JSONCoding
import FoundationEssentials
import Loop
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

    /// `{"NAME":[…]}` of as many values as there may be: writing them takes turns with what else the loop has to do.
    static func list(
        _ name: String, _ values: [some Encodable], headers: HTTPHeaders, on loop: isolated EventLoop
    ) async throws(HTTPError) -> Response {
        var bytes = Array(#"{"\#(name)":["#.utf8)
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(ASCII.comma) }
            if index % valuesInATurn == valuesInATurn - 1 { await Task.yield() }
            do {
                bytes += try JSONFormat.encoder.encode(value)
            } catch {
                throw .internalError(error)
            }
        }
        bytes += "]}".utf8
        return json(bytes: bytes, headers: headers)
    }

    /// Less than a millisecond's work.
    private static var valuesInATurn: Int { 32 }

    /// JSON that is there already.
    package static func json(
        bytes: [UInt8], status: HTTPStatus = .ok, headers: HTTPHeaders = [:]
    ) -> Response {
        var response = Response(status, headers: headers, body: .bytes(bytes))
        response.head.headers[.contentType] = "application/json"
        return response
    }
}
