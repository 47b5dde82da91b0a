import FoundationEssentials
import Loop
import Transport
import Wire

/// JSON in and out, by `Codable`, in snake_case.
enum JSONBody {
    /// More than any request about accounts needs.
    private static let limit = 64 << 10

    static func decode<Value: Decodable>(
        _ type: Value.Type, from request: Request, on loop: isolated EventLoop
    ) async throws(HTTPError) -> Value {
        let kind = request.head.headers[.contentType]?.split(separator: ";").first ?? "application/json"
        guard kind.lowercased().filter({ $0 != " " }) == "application/json" else {
            throw HTTPError(.unsupportedMediaType, "The body must be JSON: Content-Type: application/json.")
        }
        let bytes = try await request.body.collect(upTo: limit, on: loop)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw refusal(error)
        } catch {
            throw HTTPError(.badRequest, "The body is not JSON.")
        }
    }

    static func response(_ value: some Encodable, _ status: HTTPStatus = .ok) throws(HTTPError) -> Response {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.withoutEscapingSlashes]
        do {
            var response = Response(status, body: .bytes(Array(try encoder.encode(value))))
            response.head.headers.append(.contentType, "application/json")
            // What is told of accounts is for the asker alone, and secrets are among it.
            response.head.headers.append(.cacheControl, "no-store")
            return response
        } catch {
            throw HTTPError(.internalServerError, "The answer could not be written as JSON.")
        }
    }

    /// 422 names the field that is wrong; what is no JSON at all is 400.
    private static func refusal(_ error: DecodingError) -> HTTPError {
        switch error {
        case .keyNotFound(let key, let context):
            HTTPError(.unprocessableContent, "\(field(context.codingPath + [key])): is missing.")
        case .typeMismatch(_, let context):
            HTTPError(.unprocessableContent, "\(field(context.codingPath)): has the wrong type.")
        case .valueNotFound(_, let context):
            HTTPError(.unprocessableContent, "\(field(context.codingPath)): must not be null.")
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? HTTPError(.badRequest, "The body is not JSON.")
                : HTTPError(
                    .unprocessableContent,
                    "\(field(context.codingPath)): is none of the values that it may be.")
        @unknown default: HTTPError(.badRequest, "The body is not as it should be.")
        }
    }

    private static func field(_ path: [any CodingKey]) -> String {
        // Keys are told as they are sent.
        let names = path.map { $0.stringValue.flatMap { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" } }
        return names.isEmpty ? "The body" : names.map { String($0) }.joined(separator: ".")
    }
}

extension Timestamp {
    /// `2026-01-31T12:00:00.000Z` (RFC 3339).
    var text: String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
