package import Loop
package import Wire

/// Somebody who may sign in.
package struct Account: Sendable {
    package let name: String
    package let role: Role
    /// Whether it can sign in with a password, or by a link only.
    package let hasPassword: Bool
    package let created: Timestamp

    /// Names are lower case, so that no two differ by their case alone.
    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: ".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: ".-_@+".utf8.contains(byte)
                }
            }
    }

    /// Refuses what cannot be a name.
    package static func check(name: String) throws(HTTPError) {
        guard isName(name) else {
            throw HTTPError(
                .unprocessableContent,
                "The name must be 1 to 64 lower-case letters, digits and any of . - _ @ + (no dot first)."
            )
        }
    }
}

/// What is told of a token. The secret is nowhere but with whom it was given to.
package struct Token: Sendable {
    package let id: String
    package let name: String
    /// Nil for one that the command line made: it acts in its own name.
    package let account: String?
    package let role: Role
    package let created: Timestamp
    package let expires: Timestamp?
    package let used: Timestamp?

    /// Whose name sessions and the audit trail have it under. An account's name has no colon.
    package static func actor(account: String?, name: String) -> String { account ?? "token:\(name)" }

    package static func check(name: String) throws(HTTPError) {
        guard (1...100).contains(name.utf8.count),
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw HTTPError(
                .unprocessableContent, "The token's name must be 1 to 100 bytes without control characters.")
        }
    }
}
