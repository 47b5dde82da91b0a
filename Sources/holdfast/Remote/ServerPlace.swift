import Configuration
import Transport
import Wire

/// Where a server is: what its addresses begin with, and the Unix socket it is behind, if it is.
struct ServerPlace: Sendable {
    /// `http://127.0.0.1:8002`, without a slash at its end.
    let base: String
    let address: SocketAddress?

    private init(base: String, address: SocketAddress? = nil) {
        self.base = base
        self.address = address
    }

    /// - Parameter text: `http://…`, `https://…` or `unix:/path`; else the variable counts, then the settings.
    init(named text: String?, else settings: Settings) throws(Failure) {
        if let text = text ?? Environment["HOLDFAST_URL"] {
            try self.init(text)
        } else {
            try self.init(settings)
        }
    }

    private init(_ text: String) throws(Failure) {
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

    private init(_ settings: Settings) throws(Failure) {
        let scheme = settings.tls.certificate == nil ? "http" : "https"
        switch settings.listen[0] {
        case .unix(let path): try self.init(unix: "unix:\(path)")
        case .tcp(_, port: 0):
            throw Failure(
                .usage, "The settings let the system pick the server's port: give its address by --url.")
        case .tcp(let host, let port):
            // Who listens everywhere is also here.
            let isEverywhere = host.bytes.allSatisfy { $0 == 0 }
            let name = isEverywhere ? (host.isV6 ? "::1" : "127.0.0.1") : "\(host)"
            self.init(base: "\(scheme)://\(host.isV6 ? "[\(name)]" : name):\(port)")
        }
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
