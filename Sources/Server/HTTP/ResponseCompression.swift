package import Loop
package import Transport
package import Wire

/// Compresses answers for those who take gzip.
///
/// Only whole bodies of compressible types, from a size on. A large one is compressed off the loop; where that
/// cannot be done in time it goes out as it is. The compressed answer has another ETag, and both say that the
/// encoding was chosen (Vary).
package struct ResponseCompression: Sendable {
    /// What a loop may compress itself: under a millisecond.
    private static let onLoop = 32 << 10

    private let threshold: Int
    private let offload: Offload
    private let patience: Duration

    package init(threshold: Int = 1 << 10, offload: Offload, patience: Duration = .seconds(5)) {
        self.threshold = threshold
        self.offload = offload
        self.patience = patience
    }

    package func compressed(
        _ response: Response, for request: HTTPRequestHead, on loop: isolated EventLoop
    ) async -> Response {
        guard case .bytes(let bytes) = response.body, bytes.count >= threshold,
            isEligible(response.head)
        else { return response }
        var response = response
        response.head.headers.vary(by: .acceptEncoding)
        guard HTTPAcceptEncoding(request.headers).prefersGzip,
            let smaller = await compress(bytes, on: loop)
        else { return response }
        response.markAsGzip()
        response.body = .bytes(smaller)
        return response
    }

    private func isEligible(_ head: HTTPResponseHead) -> Bool {
        guard !head.headers.contains(.contentEncoding), head.status != HTTPStatus(206),
            !head.headers.contains(.cacheControl, element: "no-transform"),
            let type = head.headers[.contentType]
        else { return false }
        return ContentType.isCompressible(type)
    }

    private func compress(_ bytes: [UInt8], on loop: isolated EventLoop) async -> [UInt8]? {
        if bytes.count <= Self.onLoop { return Gzip.compress(bytes) }
        let compressed = try? await offload.run(until: loop.now + patience, on: loop) { Gzip.compress(bytes) }
        return compressed ?? nil
    }
}

extension Response {
    /// Says that the body is compressed: in its encoding and in its tag.
    mutating func markAsGzip() {
        head.headers.append(.contentEncoding, "gzip")
        if let tag = head.headers[.etag].flatMap({ HTTPEntityTag(parsing: $0) }) {
            head.headers[.etag] = tag.forGzip.description
        }
    }
}

extension HTTPHeaders {
    /// Adds a field to those that the answer was chosen by.
    package mutating func vary(by name: HTTPHeaderName) {
        if contains(.vary, element: name.text) || contains(.vary, element: "*") { return }
        self[.vary] = (elements(of: .vary) + [name.text]).joined(separator: ", ")
    }
}
