import CCrypt
import Testing
import Wire

@testable import Server

@Suite struct PasswordsTests {
    @Test func onlyThePasswordThatWasHashedIsRight() throws {
        let hash = try Passwords.hash("correct horse battery")
        #expect(hash.hasPrefix("$y$"))
        #expect(Passwords.verify("correct horse battery", against: hash))
        #expect(!Passwords.verify("correct horse batterz", against: hash))
        #expect(!Passwords.verify("", against: hash))
        #expect(try Passwords.hash("correct horse battery") != hash)
    }

    @Test(arguments: ["", "123456789", String(repeating: "x", count: 257), "with a \0 inside"])
    func whatIsNoPasswordIsRefusedInASentence(_ password: String) {
        let refusal = #expect(throws: HTTPError.self) { try Passwords.check(password) }
        #expect(refusal?.status == .unprocessableContent)
        #expect(!Passwords.verify(password, against: nil))
    }

    @Test func anUnknownAccountCostsAsMuchAsAKnownOne() throws {
        // The same method and cost parameters, and a setting that libxcrypt works through.
        let parameters = try Passwords.hash("correct horse battery").split(separator: "$").prefix(2)
        #expect(Passwords.decoy.split(separator: "$").prefix(2) == parameters)
        #expect(unsafe crypt_checksalt(Passwords.decoy) == CRYPT_SALT_OK)
        #expect(Passwords.makes(Passwords.decoy))
        #expect(!Passwords.verify("correct horse battery", against: nil))
    }

    @Test func aSecretIsStoredAsItsSHA256() {
        let hex = SecretDigest(of: "abc").bytes.map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        #expect(hex.joined() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SecretDigest(SecretDigest(of: "abc").bytes) == SecretDigest(of: "abc"))
        #expect(SecretDigest([1, 2, 3]) == nil)
    }

    @Test func aSecretIsLongAndDoesNotPrintItself() {
        let secret = Secret.make(prefix: "hf_")
        #expect(secret.text.hasPrefix("hf_"))
        #expect(secret.text.count == 46)
        #expect(secret.text != Secret.make(prefix: "hf_").text)
        #expect(!"\(secret)".contains(secret.text))
    }
}
