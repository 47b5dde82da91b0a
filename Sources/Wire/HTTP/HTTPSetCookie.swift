/// A cookie to be set (RFC 6265), by default one that scripts cannot read and other sites cannot use.
package struct HTTPSetCookie: Hashable, Sendable {
    package enum SameSite: String, Sendable {
        case strict = "Strict"
        case lax = "Lax"
        case none = "None"
    }

    package var name: String
    package var value: String
    package var path = "/"
    package var domain: String?
    /// In seconds; 0 deletes the cookie, nil keeps it while the browser runs.
    package var maxAge: Int?
    package var isSecure: Bool
    package var isHTTPOnly = true
    package var sameSite = SameSite.strict

    package init(_ name: String, _ value: String, maxAge: Int? = nil, isSecure: Bool) {
        self.name = name
        self.value = value
        self.maxAge = maxAge
        self.isSecure = isSecure
    }

    /// The field's value; refused when a part of it would be read as something else.
    package func formatted() throws(HTTPError) -> String {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isToken) else {
            throw .unsayable("A cookie's name must be a token.")
        }
        guard value.utf8.allSatisfy(ASCIISet.cookie.contains) else {
            throw .unsayable("The value of the cookie \(name) must be escaped.")
        }
        let attributes = [path, domain ?? ""]
        guard
            attributes.allSatisfy({
                $0.utf8.allSatisfy { $0 > ASCII.space && $0 < 0x7F && $0 != ASCII.semicolon }
            })
        else { throw .unsayable("The cookie \(name) has a path or domain that would not be read as such.") }
        var text = "\(name)=\(value); Path=\(path)"
        if let domain { text += "; Domain=\(domain)" }
        if let maxAge { text += "; Max-Age=\(maxAge)" }
        if isSecure { text += "; Secure" }
        if isHTTPOnly { text += "; HttpOnly" }
        return text + "; SameSite=\(sameSite.rawValue)"
    }
}
