import Configuration
import Testing

/// A settings type of a test's own, with what the shipped one does not have yet.
private struct Vault: Sendable {
    let password: String
    let keys: [Int]

    init(_ section: SettingSection) {
        password = section.value("password", .string, default: "", secret: true, "It.")
        keys = section.value("keys", .list(of: .integer(0...9)), default: [], secret: true, "Them.")
    }
}

@Suite struct SecretSettingTests {
    @Test func secretsAreMaskedInTheListing() throws {
        let read = try SettingSources(environment: ["HOLDFAST_PASSWORD": "hunter2"]).read { Vault($0) }
        #expect(read.settings.password == "hunter2")
        #expect(!read.listing.contains("hunter2"))
        #expect(read.listing.contains("password = •••••• "))
    }

    @Test func aChangedSecretIsNoticedAllTheSame() throws {
        func read(_ secret: String) throws -> SettingReading<Vault> {
            try SettingSources(environment: ["HOLDFAST_PASSWORD": secret]).read { Vault($0) }
        }
        #expect(try read("a").needingRestart(since: read("b")).map(\.name) == ["password"])
        #expect(try read("a").needingRestart(since: read("a")) == [])
    }

    @Test func secretsAreNotQuotedInErrors() {
        let file = ConfigurationFile(path: "v.yaml", bytes: Array("keys: [1, hunter2]".utf8))
        let sources = SettingSources(
            file: file, environment: ["HOLDFAST_KEYS": "hunter3"], flags: [.init("password", "hunter4\n")])
        #expect {
            _ = try sources.read { Vault($0) }
        } throws: { error in
            "\(error)" == """
                v.yaml:1:11: keys[1]: the value is not a whole number
                HOLDFAST_KEYS: the value is not a whole number
                --password: the value has a control character in it
                """
        }
    }
}
