package import Wire

/// Which pages may use this server: its own, and those of the origins that the configuration names.
///
/// Asked on every upgrade and on every request that changes something. Browsers send a page's cookies along
/// with whatever any other page asks for; that the page is ours is told by `Origin` and `Sec-Fetch-Site`,
/// which no script can forge.
package struct OriginRules: Sendable {
    package enum Verdict: Sendable {
        /// Nothing says that a page asks: a program, or somebody who typed the address.
        case absent
        case same
        /// Another that the configuration allows.
        case allowed
        case foreign
    }

    private let allowed: Set<String>

    package init(allowed: [String]) { self.allowed = Set(allowed.map(Self.normal)) }

    package func judge(_ head: HTTPRequestHead, _ approach: Approach) -> Verdict {
        let site = head.headers["Sec-Fetch-Site"]?.lowercased()
        let origins = head.headers.values(of: .origin)
        guard origins.count <= 1 else { return .foreign }
        if let origin = origins.first.map(Self.normal) {
            if allowed.contains(origin) { return .allowed }
            // A proxy may have changed the host on the way; the browser knows what it was.
            if site == "same-origin" { return .same }
            return origin == approach.origin && site != "cross-site" ? .same : .foreign
        }
        return switch site {
        case "same-origin": .same
        case "same-site", "cross-site": head.method.isSafe && !head.upgradesToWebSocket ? .absent : .foreign
        default: .absent
        }
    }

    /// Refuses with 403 what a foreign page asks for, and a change that a cookie alone vouches for.
    @discardableResult
    package func check(
        _ head: HTTPRequestHead, _ approach: Approach, means: Caller.Means
    ) throws(HTTPError) -> Verdict {
        let verdict = judge(head, approach)
        let isUpgrade = head.upgradesToWebSocket
        guard isUpgrade || !head.method.isSafe else { return verdict }
        if verdict == .foreign {
            throw HTTPError(
                .forbidden,
                "Pages of this origin may not use the server; allowed_origins names those that may."
            )
        }
        if verdict == .absent, means == .cookie, !isUpgrade {
            throw HTTPError(
                .forbidden,
                "A change that a cookie vouches for needs an Origin. Programs use a token instead.")
        }
        return verdict
    }

    /// As origins are compared: in lower case, without the port that goes without saying (RFC 6454 4).
    static func normal(_ origin: String) -> String {
        let origin = origin.lowercased()
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")]
        where origin.hasPrefix(scheme) && origin.hasSuffix(port) {
            return String(origin.dropLast(port.utf8.count))
        }
        return origin
    }
}
