package import Wire

/// What a request asked for, as a log may have it: without the secrets that a query can carry.
package enum LoggedTarget {
    /// Parameters that let somebody in; `ws` tickets and sign-in links travel in the address.
    private static let secrets: Set<String> = [
        "token", "ticket", "access_token", "refresh_token", "id_token", "password", "secret", "code", "key",
        "api_key",
    ]

    package static func text(_ target: HTTPTarget) -> String {
        guard let query = target.query else { return target.path.isEmpty ? target.description : target.path }
        let pairs = query.split(separator: "&", omittingEmptySubsequences: false).map { pair -> String in
            guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
            let name = pair[..<equals]
            return isSecret(name) ? "\(name)=***" : String(pair)
        }
        return "\(target.path)?\(pairs.joined(separator: "&"))"
    }

    /// The name as the server would read it: an escaped one, or one in capitals, is meant to be the same.
    private static func isSecret(_ name: Substring) -> Bool {
        let plain = PercentEncoding.decode(name, plusIsSpace: true).map {
            String(decoding: $0, as: UTF8.self)
        }
        return secrets.contains((plain ?? String(name)).lowercased())
    }
}
