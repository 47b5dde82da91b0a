import COpenSSL

/// HMAC-SHA-256 over a body, as webhooks carry it in a header: `sha256=` and 64 hexadecimal digits.
package enum BodySignature {
    package static func make(of body: [UInt8], secret: String) -> String {
        "sha256=\(hexadecimal(code(of: body, secret: secret)))"
    }

    /// Compares in a time that does not depend on how much of it is right.
    package static func isRight(_ signature: String, of body: [UInt8], secret: String) -> Bool {
        areEqual(Array(signature.utf8), Array(make(of: body, secret: secret).utf8))
    }

    /// Whether a token is the secret. Both are hashed first, so that not even the secret's length shows.
    package static func isRight(token: String, secret: String) -> Bool {
        areEqual(digest(Array(token.utf8)), digest(Array(secret.utf8)))
    }

    /// The SHA-256 of some bytes.
    static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        // 32 bytes are what SHA-256 makes.
        let isDone = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        precondition(isDone == 1, "SHA-256 is part of every OpenSSL")
        return digest
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func code(of body: [UInt8], secret: String) -> [UInt8] {
        let key = Array(secret.utf8)
        var code = [UInt8](repeating: 0, count: 32)
        // An empty key would be taken for none at all, and what the last call left be signed with.
        precondition(!key.isEmpty && key.count <= CInt.max, "a secret is never empty")
        let result = unsafe HMAC(EVP_sha256(), key, CInt(key.count), body, body.count, &code, nil)
        precondition(unsafe result != nil, "HMAC-SHA-256 is part of every OpenSSL")
        return code
    }

    private static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return unsafe CRYPTO_memcmp(one, other, one.count) == 0
    }
}
