import Configuration
import Transport
import Wire

/// Where a server is: what its addresses begin with, and the Unix socket it is behind, if it is.
struct ServerPlace: Sendable {
    /// `http://127.0.0.1:8002`, without a slash at its end.
    let base: String
    let address: SocketAddress?

    var isSecure: Bool { base.hasPrefix("https:") }

    private init(base: String, address: SocketAddress? = nil) {
        self.base = base
        self.address = address
    }

    /// - Parameter text: `http://…`, `https://…` or `unix:/path`.
    init(_ text: String) throws(Failure) {
        if text.hasPrefix("unix:") {
            try self.init(unix: text)
            return
        }
        do throws(ClientError) {
            let url = try URLAddress(text)
            guard url.target.query == nil else {
                throw .badAddress("“\(text)”: an address has no query here.")
            }
            var path = url.target.path
            while path.hasSuffix("/") { path.removeLast() }
            self.init(base: "\(url.isSecure ? "https" : "http")://\(url.authority)\(path)")
        } catch {
            throw Failure(error)
        }
    }

    /// Of a server's own addresses, the one that a program on its machine takes. A Unix socket needs no certificate.
    init(nearestOf addresses: [String]) throws(Failure) {
        try self.init(Self.here(addresses.first { $0.hasPrefix("unix:") } ?? addresses.first ?? ""))
    }

    /// Of a server's own addresses, the one that a browser on its machine can open.
    init(forPagesOf addresses: [String]) throws(Failure) {
        guard let address = addresses.first(where: { $0.hasPrefix("http") }) else {
            throw Failure(
                .usage,
                "The server listens on a Unix socket only, which no browser opens. "
                    + "Say by --url where pages of it are reached.")
        }
        try self.init(Self.here(address))
    }

    /// Who listens everywhere is also here.
    private static func here(_ address: String) -> String {
        address.replacing("://0.0.0.0:", with: "://127.0.0.1:").replacing("://[::]:", with: "://[::1]:")
    }

    private init(unix text: String) throws(Failure) {
        guard let address = SocketAddress(parsing: text) else {
            throw Failure(.usage, "“\(text)” is no Unix socket's path.")
        }
        self.init(base: "http://localhost", address: address)
    }

    /// What a request for `path` goes to.
    func url(_ path: String) throws(Failure) -> URLAddress {
        do throws(ClientError) { return try URLAddress(base + path) } catch { throw Failure(error) }
    }

    /// The same for a WebSocket.
    func liveURL(_ path: String) throws(Failure) -> URLAddress {
        do throws(ClientError) { return try URLAddress("ws" + base.dropFirst(4) + path) } catch {
            throw Failure(error)
        }
    }
}

extension Settings {
    /// Where a server with these settings would be; what the system would pick is not known.
    var addresses: [String] {
        let scheme = tls.certificate == nil ? "http" : "https"
        return listen.compactMap { address in
            switch address {
            case .unix: address.description
            case .tcp(_, port: 0): nil
            case .tcp: "\(scheme)://\(address)"
            }
        }
    }
}
