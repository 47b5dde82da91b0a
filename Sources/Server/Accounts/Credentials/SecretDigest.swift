import COpenSSL

/// The SHA-256 of a secret: what is stored of it, and what it is looked up by.
///
/// A secret of 256 random bits needs no slow hash; there is no dictionary to try.
struct SecretDigest: Hashable, Sendable {
    private let words: SIMD4<UInt64>

    init(of secret: String) {
        var secret = secret
        var words = SIMD4<UInt64>()
        // 32 bytes are what SHA-256 makes and what four words hold.
        let isDone = secret.withUTF8 { text in
            unsafe withUnsafeMutableBytes(of: &words) { bytes in
                unsafe EVP_Digest(
                    text.baseAddress, text.count, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, nil,
                    EVP_sha256(), nil)
            }
        }
        precondition(isDone == 1, "SHA-256 is part of every OpenSSL")
        self.words = words
    }

    /// As it was stored; nil when this is no such digest.
    init?(_ stored: [UInt8]) {
        guard stored.count == 32 else { return nil }
        var words = SIMD4<UInt64>()
        unsafe withUnsafeMutableBytes(of: &words) { unsafe $0.copyBytes(from: stored) }
        self.words = words
    }

    var bytes: [UInt8] { unsafe withUnsafeBytes(of: words) { unsafe Array($0) } }
}
