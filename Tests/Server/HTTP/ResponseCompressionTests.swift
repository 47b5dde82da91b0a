import Loop
import Testing
import Transport
import Wire

@testable import Server

@Suite struct ResponseCompressionTests {
    private static let text = Array(String(repeating: #"{"name":"value"},"#, count: 5000).utf8)

    private func compressed(
        _ size: Int, type: String = "application/json", accept: String? = "gzip, br",
        headers: HTTPHeaders = [.etag: "\"a\""]
    ) async throws -> Response {
        let box = Box()
        try await withLoop { loop, offload in
            var response = Response(.ok, headers: headers, body: .bytes(Array(Self.text.prefix(size))))
            response.head.headers.append(.contentType, type)
            let request = try request(
                .get, "/", headers: accept.map { [.acceptEncoding: $0] } ?? [:], on: loop)
            box.response = await ResponseCompression(threshold: 1000, offload: offload)
                .compressed(response, for: request.head, on: loop)
        }
        return try #require(box.response)
    }

    private final class Box: @unchecked Sendable {
        // @unchecked: written on the loop, read after it has ended.
        var response: Response?
    }

    /// On the loop, and handed to another thread.
    @Test(arguments: [1000, 80_000])
    func whatIsLargeEnoughIsCompressedForThoseWhoTakeIt(size: Int) async throws {
        let response = try await compressed(size)
        #expect(response.head.headers[.contentEncoding] == "gzip")
        #expect(response.head.headers[.vary] == "Accept-Encoding")
        #expect(response.head.headers[.etag] == "\"a-gzip\"")
        #expect(response.bytes.count < size / 4)
        #expect(gunzip(response.bytes) == Array(Self.text.prefix(size)))
    }

    @Test func whoeverDoesNotTakeItGetsThePlainContentAndIsToldThatThereIsAChoice() async throws {
        for accept in [nil, "br", "gzip;q=0", "identity, gzip;q=0.5"] {
            let response = try await compressed(1000, accept: accept)
            #expect(response.head.headers[.contentEncoding] == nil)
            #expect(response.head.headers[.vary] == "Accept-Encoding")
            #expect(response.head.headers[.etag] == "\"a\"")
            #expect(response.bytes == Array(Self.text.prefix(1000)))
        }
    }

    @Test(arguments: ["image/png", "font/woff2", "application/zip", "text/event-stream"])
    func whatIsCompressedAlreadyIsLeftAlone(type: String) async throws {
        let response = try await compressed(2000, type: type)
        #expect(response.head.headers[.contentEncoding] == nil)
        #expect(response.head.headers[.vary] == nil)
    }

    @Test func whatIsSmallOrEncodedGoesOutAsItIs() async throws {
        #expect(try await compressed(999).head.headers[.contentEncoding] == nil)
        let encoded = try await compressed(2000, headers: [.contentEncoding: "br"])
        #expect(encoded.head.headers.values(of: .contentEncoding) == ["br"])
    }

    @Test func whatWouldNotGetSmallerIsNotCompressed() {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<4000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(Gzip.compress(noise) == nil)
        #expect(Gzip.compress([]) == nil)
    }

    @Test func aFieldThatVariesAlreadyIsNotNamedTwice() {
        var headers: HTTPHeaders = [.vary: "Origin"]
        headers.vary(by: .acceptEncoding)
        headers.vary(by: "origin")
        #expect(headers.values(of: .vary) == ["Origin, Accept-Encoding"])
    }
}
