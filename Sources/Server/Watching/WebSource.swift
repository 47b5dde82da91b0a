import Feeds
import Loop
import Transport
import Wire

/// What a GET of an address is answered with, where that is 2xx. Redirections are not followed.
struct WebSource: WatchedSource {
    private let url: URLAddress
    private let limit: Int
    private let dialler: Dialler

    init(_ address: String, limit: Int, through web: WebAccess) throws {
        url = try URLAddress(address)
        self.limit = limit
        dialler = try web.dialler(for: url)
    }

    func look(until deadline: Instant, on loop: isolated EventLoop) async throws -> SourceValue? {
        let (status, body) = try await Self.ask(url, limit: limit, dialler, until: deadline, on: loop)
        guard (200..<300).contains(status.code) else {
            throw SourceError("it was answered with \(status.code) \(status.reason)")
        }
        return .any(body)
    }

    /// One GET over a connection of its own.
    static func ask(
        _ url: URLAddress, limit: Int, _ dialler: Dialler, until deadline: Instant,
        on loop: isolated EventLoop
    ) async throws(ClientError) -> (HTTPStatus, body: [UInt8]) {
        let client = HTTPClient(dialler)
        defer { client.close(on: loop) }
        let request = ClientRequest(
            .get, url,
            headers: ["Accept": "application/json, text/plain;q=0.9, */*;q=0.5", "User-Agent": "holdfast"])
        let (head, body) = try await client.fetch(request, limit: limit, until: deadline, on: loop)
        return (head.status, body)
    }
}
