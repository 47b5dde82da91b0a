/// What the configuration may name as a secret, so that masking hides it and costs little.
extension SecretPatterns {
    /// In bytes; a phase gets it in a variable of its environment.
    private static let longestSecret = 32 << 10
    /// Each of them is looked for in all that phases say. What phases name themselves comes on top.
    private static let mostConfigured = 2048

    /// Takes `secret`, or says in words why it can be none, and nothing of it.
    package mutating func take(_ secret: String) -> String? {
        if secret.utf8.count > Self.longestSecret {
            return "is longer than \(Self.longestSecret >> 10) KiB, and a secret may not be"
        }
        let lines = secret.utf8.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        if !lines.contains(where: { $0.count >= Self.shortest }) {
            return
                "has no line of at least \(Self.shortest) bytes: what is shorter cannot be masked, since it would be "
                + "found in every other word"
        }
        var more = self
        guard more.add(secret), more.count <= Self.mostConfigured else {
            return "has, with the secrets before it, more lines than can be masked, which are about 2000"
        }
        self = more
        return nil
    }
}
