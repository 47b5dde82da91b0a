package import Wire

/// What a request asked for, as a log may have it: without secrets, whether they came where they belong, as tickets
/// and sign-in links do, or anywhere else.
package enum LoggedTarget {
    /// Parameters that let somebody in, here or elsewhere, as `plain` writes their names.
    private static let secrets: Set<String> = [
        "auth", "authorization", "bearer", "code", "cookie", "credential", "credentials", "jwt", "key",
        "pass",
        "passwd", "pwd", "session", "sessionid", "sid", "sig", "signature",
    ]

    /// How the names of others end, such as `access_token` and `X-Api-Key`.
    private static let endings = ["token", "ticket", "password", "secret", "apikey"]

    package static func text(_ target: HTTPTarget) -> String {
        var path = target.path.isEmpty ? target.description : target.path
        if SecretShape.mayBeIn(path) { path = masked(path, separator: "/", by: masked) }
        guard let query = target.query else { return path }
        return "\(path)?\(masked(query, separator: "&", by: maskedParameter))"
    }

    private static func masked(
        _ text: String, separator: Character, by mask: (Substring) -> String
    ) -> String {
        text.split(separator: separator, omittingEmptySubsequences: false).map(mask)
            .joined(separator: String(separator))
    }

    private static func maskedParameter(_ pair: Substring) -> String {
        guard let equals = pair.firstIndex(of: "=") else { return masked(pair) }
        let name = masked(pair[..<equals])
        return isSecret(name) ? "\(name)=***" : "\(name)=\(masked(pair[pair.index(after: equals)...]))"
    }

    /// Without what has the shape of a secret, escaped or not.
    private static func masked(_ piece: Substring) -> String {
        let text = SecretShape.masked(String(piece))
        guard text.utf8.contains(UInt8(ascii: "%")), SecretShape.isIn(unescaped(piece)) else { return text }
        return "***"
    }

    /// The name as the server would read it: an escaped one, one in capitals, or with other strokes, is meant to be
    /// the same.
    private static func isSecret(_ name: String) -> Bool {
        let plain = unescaped(name[...]).lowercased().filter { $0 != "_" && $0 != "-" }
        return secrets.contains(plain) || endings.contains { plain.hasSuffix($0) }
    }

    private static func unescaped(_ text: Substring) -> String {
        PercentEncoding.decode(text, plusIsSpace: true).map { String(decoding: $0, as: UTF8.self) }
            ?? String(text)
    }
}
