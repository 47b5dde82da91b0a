import Configuration

/// Whom failed sign-ins are counted against: an IPv4 address, or the /64 of an IPv6 address, since whoever has one
/// of these has the 2⁶⁴ beside it too.
///
/// This machine is one such network, however it comes: by a loopback address, or over a Unix socket without
/// anybody in front who says for whom.
struct AskerNetwork: Hashable, Sendable, CustomStringConvertible {
    /// As it is stored.
    let description: String

    static let local = AskerNetwork(description: "local")

    var isLocal: Bool { self == .local }

    private init(description: String) { self.description = description }

    /// - Parameter address: what the peer, or a proxy that is trusted, says; a Unix peer has none.
    init(of address: String) {
        guard let parsed = IPAddress(address)?.unmapped, !parsed.isLoopback else {
            self = .local
            return
        }
        description = parsed.isV6 ? "\(parsed.network64)/64" : "\(parsed)"
    }
}
