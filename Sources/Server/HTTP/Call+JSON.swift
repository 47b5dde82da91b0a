import JSONCoding
import FoundationEssentials
package import Loop
import Transport
package import Wire

extension Call {
    /// What a body may have when its route says nothing else: parsing it must not hold the loop for long.
    package static var bodyLimit: Int { 1 << 20 }

    /// The JSON body as a value.
    ///
    /// Refused with 415 when it is not said to be JSON, with 413 when it is too long, with 400 when it is no JSON,
    /// and with 422, naming the field, when it is not what was asked for or has a field that means nothing here.
    package func decode<Value: Decodable>(
        _ type: Value.Type, upTo limit: Int = Call.bodyLimit, on loop: isolated EventLoop
    ) async throws(HTTPError) -> Value {
        guard try BodyType(request.head.headers).isJSON else {
            throw HTTPError(
                .unsupportedMediaType, "The body must be JSON; say so with Content-Type: application/json.")
        }
        var bytes = try await request.body.collect(upTo: limit, on: loop)
        do throws(JSONError) { try JSONValidator.minify(&bytes) } catch {
            throw HTTPError(.badRequest, error.description)
        }
        try Self.refuseUnknown(in: bytes, for: type)
        do {
            return try JSONFormat.decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw HTTPError(error)
        } catch {
            throw HTTPError(.unprocessableContent, "The body is not what was asked for.")
        }
    }
}

extension Call {
    /// A field that means nothing is a mistake of whoever sent it, and silence would hide it.
    private static func refuseUnknown<Value: Decodable>(
        in minified: [UInt8], for type: Value.Type
    ) throws(HTTPError) {
        guard let object = JSONObject(minified: minified), let known = JSONSchema.members(of: type),
            let stranger = object.keys.first(where: { !known.contains($0) })
        else { return }
        let list = known.map { "\"\($0)\"" }.joined(separator: ", ")
        throw HTTPError(
            .unprocessableContent, "\"\(stranger.prefix(100))\" is not known here; there are \(list).")
    }
}

extension HTTPError {
    /// What was wrong with a body that is JSON, by the name of the field.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(.unprocessableContent, "\(Self.name(context.codingPath + [key])) is missing.")
        case .valueNotFound(let type, let context):
            self.init(
                .unprocessableContent,
                "\(Self.name(context.codingPath)) is null; it must be \(Self.words(for: type)).")
        case .typeMismatch(let type, let context):
            self.init(
                .unprocessableContent, "\(Self.name(context.codingPath)) must be \(Self.words(for: type)).")
        // Where a number is none of the size that was asked for, the decoder forgets where it stood.
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            self.init(.unprocessableContent, "A number in the body must be a whole one, and not as large.")
        case .dataCorrupted(let context):
            self.init(.unprocessableContent, "\(Self.name(context.codingPath)) cannot be taken as it is.")
        @unknown default:
            self.init(.unprocessableContent, "The body is not what was asked for.")
        }
    }

    /// `"retain.sizes[2]"`; the whole body has no name.
    private static func name(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + JSONFormat.snakeCase(key.stringValue)
            }
        }
        return text.isEmpty ? "The body" : "\"\(text)\""
    }

    private static func words(for type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is [Any].Type: "an array"
        case is [String: Any].Type: "an object"
        default: (type as? any Expected.Type)?.expectation ?? "of another kind"
        }
    }
}
