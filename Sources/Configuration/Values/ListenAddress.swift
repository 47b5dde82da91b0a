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
        let digits = text.utf8.reversed().prefix { (0x30...0x39).contains($0) }.count
        let colon = text.index(text.endIndex, offsetBy: -digits - 1, limitedBy: text.startIndex)
        guard digits > 0, let colon, text[colon] == ":" else {
            throw Complaint("has no port: write `127.0.0.1:8002`, `[::1]:8002` or `unix:/path`")
        }
        let address = try Self.address(text[..<colon])
        guard let port = UInt16(text.suffix(digits)) else {
            throw Complaint("has a port that is out of range: from 0 to 65535")
        }
        self = .tcp(address, port: port)
    }

    /// Whether the system picks the port, another one each time.
    var isPicked: Bool {
        if case .tcp(_, port: 0) = self { return true }
        return false
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
