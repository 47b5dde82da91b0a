/// Where the server can be reached: `127.0.0.1:8002`, `[::1]:8002` or `unix:/run/holdfast.sock`.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// Port 0 lets the system pick one.
    case tcp(IPAddress, port: UInt16)
    case unix(path: String)

    package init(text: String) throws(Complaint) {
        if text.hasPrefix("unix:") {
            // sockaddr_un holds 107 bytes and the end of the string.
            let path = text.dropFirst(5)
            guard path.hasPrefix("/"), path.utf8.count <= 107,
                !path.utf8.contains(where: { $0 == 0 || $0 == 0x2C })
            else {
                throw Complaint(
                    "needs an absolute path of at most 107 bytes without a comma: `unix:/run/holdfast.sock`")
            }
            self = .unix(path: String(path))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw Complaint("has no port: write `127.0.0.1:8002`, `[::1]:8002` or `unix:/path`")
        }
        self = .tcp(try Self.address(text[..<colon]), port: port)
    }

    private static func address(_ host: Substring) throws(Complaint) -> IPAddress {
        if host.hasPrefix("["), host.hasSuffix("]"), let address = IPAddress(host.dropFirst().dropLast()),
            address.isV6
        {
            return address
        }
        if let address = IPAddress(host == "localhost" ? "127.0.0.1" : host), !address.isV6 { return address }
        if host.isEmpty || host == "*" {
            throw Complaint("names no address: write `0.0.0.0` for all of IPv4, `[::]` for IPv6 too")
        }
        if host.contains(":") {
            throw Complaint("is not an address: IPv6 is written in brackets, `[::1]:8002`")
        }
        throw Complaint("is not an address: write an IP address, not a name, and a port")
    }

    /// Whether only this machine can reach it.
    package var isLocal: Bool {
        switch self {
        case .tcp(let address, _): address.isLoopback
        case .unix: true
        }
    }

    package var description: String {
        switch self {
        case .tcp(let address, let port): address.isV6 ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

extension ValueKind where Value == ListenAddress {
    package static let listenAddress = ValueKind(
        "address", "an address such as `127.0.0.1:8002`, `[::1]:8002` or `unix:/path`",
        sample: .unix(path: "/"),
        parse: { text throws(Complaint) in try ListenAddress(text: text) },
        print: { $0.description })
}
