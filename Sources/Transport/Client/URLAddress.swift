package import Wire

/// Where a client goes: `ws`, `wss`, `http` or `https`, a machine, a port, and what to ask for there.
package struct URLAddress: Hashable, Sendable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case ws, wss, http, https

        package var isSecure: Bool { self == .wss || self == .https }
        var usualPort: UInt16 { isSecure ? 443 : 80 }
    }

    package let scheme: Scheme
    /// A name or a number, an IPv6 number without its brackets.
    package let host: String
    package let port: UInt16
    package var target: HTTPTarget

    package init(_ text: String) throws(ClientError) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"),
            let scheme = Scheme(rawValue: text[..<colon].lowercased())
        else {
            throw .badAddress("“\(text)” is no address; write ws://, wss://, http:// or https:// and a host.")
        }
        let rest = text[text.index(colon, offsetBy: 3)...]
        let target: HTTPTarget
        do throws(HTTPError) {
            target = try HTTPTarget("http://\(rest)")
        } catch {
            throw .badAddress("“\(text)”: \(error.sentence)")
        }
        let authority = target.authority ?? ""
        var host = Substring(authority)
        var port = scheme.usualPort
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else {
                throw .badAddress("“\(text)”: the port must be a number from 1 to 65535.")
            }
            port = number
            host = authority[..<colon]
        }
        if host.hasPrefix("[") { host = host.dropFirst().dropLast() }
        self.scheme = scheme
        self.host = String(host)
        self.port = port
        self.target = target
    }

    package var isSecure: Bool { scheme.isSecure }

    /// The machine as an address is written: an IPv6 number in brackets.
    var writtenHost: String { host.contains(":") ? "[\(host)]" : host }

    /// What the Host field says.
    package var authority: String { port == scheme.usualPort ? writtenHost : "\(writtenHost):\(port)" }

    package var description: String { "\(scheme.rawValue)://\(authority)\(target)" }
}
