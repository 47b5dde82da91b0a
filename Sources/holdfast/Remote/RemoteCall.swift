import Configuration
import FoundationEssentials
import Loop
import Server
import Transport
import Wire

/// One request to a running server, and its answer or the reason why there is none.
struct RemoteCall: Sendable {
    /// For the whole exchange. What commands ask for is small.
    private static let patience = Duration.seconds(30)
    private static let mostBytes = 64 << 20

    var method: HTTPMethod
    var path: String
    var body: [UInt8]?
    /// By which the server knows the same request when it comes again.
    var idempotencyKey: String?

    init(_ method: HTTPMethod, _ path: String, body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.body = body
    }

    /// Asks; the answer is the body.
    func send(to server: ServerAccess) async throws(Failure) -> [UInt8] {
        try await perform(by: server) { request, here throws(Failure) in
            try await Self.send(request, by: here.dialler, on: here.loop)
        }
    }

    /// Lends what `body` needs to ask: the request, with a token, and a loop to send it from.
    func perform<Answer: Sendable>(
        by server: ServerAccess,
        _ body: (ClientRequest, ClientLoop) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        // No token is made for a server that is not there.
        _ = try server.search.place()
        return try await server.withToken(for: .seconds(60)) { token throws(Failure) in
            let place = try server.search.place()
            let url = try place.url(path)
            var headers = ServerAccess.headers(token)
            if let idempotencyKey { headers.append("Idempotency-Key", idempotencyKey) }
            if self.body != nil { headers.append(.contentType, "application/json") }
            let request = ClientRequest(method, url, headers: headers, body: self.body, at: place.address)
            return try await ClientLoop.run(trusting: server.authorities, isSecure: url.isSecure) {
                here throws(Failure) in try await body(request, here)
            }
        }
    }

    private static func send(
        _ request: ClientRequest, by dialler: Dialler, on loop: isolated EventLoop
    ) async throws(Failure) -> [UInt8] {
        let client = HTTPClient(dialler)
        defer { client.close(on: loop) }
        do throws(ClientError) {
            let (head, body) = try await client.fetch(
                request, limit: mostBytes, until: loop.clock.now + patience, on: loop)
            guard head.status.isError else { return body }
            throw .refused(head, body: body)
        } catch .refused(let head, let body) {
            throw Failure(Failure.code(for: head.status), Problem.sentence(head, body))
        } catch {
            throw Failure(error)
        }
    }
}

/// What a problem document (RFC 9457) says.
enum Problem {
    private struct Document: Decodable {
        let title: String?
        let detail: String?
        let requestId: String?
    }

    /// The sentence for a person: of the document, of a text, or what the status alone says where there is neither.
    static func sentence(_ head: HTTPResponseHead, _ body: [UInt8]) -> String {
        let status = head.status
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let document = try? decoder.decode(Document.self, from: Data(body)),
            let text = document.detail ?? document.title
        else { return text(head, body) ?? "The server answered \(status.code) \(status.reason)." }
        guard status.code >= 500, let id = document.requestId else { return text }
        return "\(text) The server's log has more under \(id)."
    }

    /// One line of plain text: what a TLS port says to who speaks HTTP there.
    private static func text(_ head: HTTPResponseHead, _ body: [UInt8]) -> String? {
        guard head.headers[.contentType]?.hasPrefix("text/plain") ?? false else { return nil }
        let line = String(decoding: body.prefix(500), as: UTF8.self).prefix { $0 != "\n" && $0 != "\r\n" }
        return line.isEmpty ? nil : String(line)
    }
}
