import CCrypt
import COpenSSL
package import Loop
package import Wire

/// Hashes and checks passwords with yescrypt, on threads of their own: one check takes some milliseconds and
/// 16 MiB on purpose, so it never happens on a loop.
package struct Passwords: Sendable {
    package static let fewestCharacters = 10
    /// libxcrypt takes no more than 511.
    package static let mostBytes = 256

    /// One check waits no longer than this for a thread and an answer.
    private static let patience = Duration.seconds(10)

    private let pool: Offload

    package init(pool: Offload) { self.pool = pool }

    /// Refuses what is no password, in a sentence that says what would be one.
    package static func check(_ password: String) throws(HTTPError) {
        guard password.count >= fewestCharacters else {
            throw HTTPError(
                .unprocessableContent,
                "The password is too short: at least \(fewestCharacters) characters, please; several words are "
                    + "easy to remember.")
        }
        guard password.utf8.count <= mostBytes, !password.utf8.contains(0) else {
            throw HTTPError(
                .unprocessableContent,
                "The password is longer than \(mostBytes) bytes or holds a NUL character.")
        }
    }

    /// What is stored of a new password. Slow; for the command line, and for the pool.
    package static func hash(_ password: String) throws(HTTPError) -> String {
        try check(password)
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        let count = CInt(setting.count)
        // No random bytes given: libxcrypt draws the salt from the kernel.
        let isMade = unsafe crypt_gensalt_rn("$y$", 0, nil, 0, &setting, count) != nil
        guard isMade, let hash = crypted(password, setting: text(of: setting)) else {
            throw HTTPError(.internalServerError, "The password could not be hashed.")
        }
        return hash
    }

    /// Whether this is the password that `hash` was made from. Without a hash it takes as long as with one,
    /// and the answer is no: how long it takes does not tell whether there is such an account.
    package static func verify(_ password: String, against hash: String?) -> Bool {
        guard password.utf8.count <= mostBytes, !password.utf8.contains(0) else { return false }
        guard let made = crypted(password, setting: hash ?? decoy) else { return false }
        let isSame = isEqual(made, hash ?? decoy)
        return isSame && hash != nil
    }

    package func hash(_ password: String, on loop: isolated EventLoop) async throws(HTTPError) -> String {
        try Self.check(password)
        return try await run(on: loop) { try Self.hash(password) }
    }

    package func verify(
        _ password: String, against hash: String?, on loop: isolated EventLoop
    ) async throws(HTTPError) -> Bool {
        try await run(on: loop) { Self.verify(password, against: hash) }
    }

    private func run<Answer: Sendable>(
        on loop: isolated EventLoop, _ body: @escaping @Sendable () throws -> Answer
    ) async throws(HTTPError) -> Answer {
        do {
            return try await pool.run(until: loop.now + Self.patience, on: loop, body)
        } catch let error as HTTPError {
            throw error
        } catch {
            throw HTTPError(
                .serviceUnavailable,
                "Too many passwords are being checked at this moment; try again in a moment.")
        }
    }

    /// A setting as costly as those that `hash` makes, with a digest that no password has.
    static let decoy = "$y$j9T$CxaMjFKSUUKMn/0RcZqQi.$" + String(repeating: ".", count: 43)

    /// Whether libxcrypt works with this setting at all; one that it refuses costs no time.
    static func makes(_ setting: String) -> Bool { crypted("", setting: setting)?.hasPrefix("$y$") == true }

    /// `struct crypt_data` is this large by contract.
    private static let workspace = 32_768

    private static func crypted(_ password: String, setting: String) -> String? {
        let data = UnsafeMutableRawPointer.allocate(byteCount: workspace, alignment: 16)
        unsafe data.initializeMemory(as: UInt8.self, repeating: 0, count: workspace)
        defer {
            // What was worked on tells the password.
            unsafe OPENSSL_cleanse(data, workspace)
            unsafe data.deallocate()
        }
        guard let made = unsafe crypt_rn(password, setting, data, CInt(workspace)) else { return nil }
        return unsafe String(cString: made)
    }

    private static func isEqual(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return unsafe CRYPTO_memcmp(one, other, one.count) == 0
    }

    private static func text(of buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
