package import Configuration
package import Transport
package import Wire

/// How a request came to this server, as its asker sees it: through proxies that are trusted, if there are
/// any.
package struct Approach: Sendable, Equatable {
    /// `http` or `https`.
    package let scheme: String
    /// The host and port that were asked for.
    package let authority: String
    /// Where it came from: what limits and the audit trail know the asker by.
    package let address: String
    /// The same as limits count it.
    let network: AskerNetwork

    package var isSecure: Bool { scheme == "https" }

    /// What a page of this server has as its origin.
    package var origin: String { OriginRules.normal("\(scheme)://\(authority)") }

    /// - Parameter trustedProxies: whose `X-Forwarded-…` is believed; anybody can send these fields.
    package init(
        _ head: HTTPRequestHead, peer: SocketAddress, isSecure: Bool, trustedProxies: [NetworkRange]
    ) {
        var scheme = isSecure ? "https" : "http"
        var authority = head.authority
        var address = peer.host
        func isTrusted(_ host: String) -> Bool {
            IPAddress(host).map { address in trustedProxies.contains { $0.contains(address) } } ?? false
        }
        // Who may speak on a Unix socket is settled by the permissions of its file.
        if peer.family == .unix || isTrusted(peer.host) {
            if let told = head.headers.elements(of: "X-Forwarded-Proto").last?.lowercased(),
                told == "http" || told == "https"
            {
                scheme = told
            }
            if let told = head.headers.elements(of: "X-Forwarded-Host").last { authority = told }
            // Each proxy adds whom it heard it from at the end: the last that is no proxy of ours is the
            // asker.
            let chain = head.headers.elements(of: "X-Forwarded-For").filter { IPAddress($0) != nil }
            if let asker = chain.last(where: { !isTrusted($0) }) ?? chain.first { address = asker }
        }
        self.scheme = scheme
        self.authority = authority
        self.address = address
        network = AskerNetwork(of: address)
    }
}
