import Testing

@testable import Wire

@Suite struct WebSocketHandshakeTests {
    @Test func acceptsTheKeyOfTheRFC() {
        #expect(
            WebSocketHandshake.accept(forKey: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test(arguments: [
        ("", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
        ("abc", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "hJg+RBw70m66rkqh+VEp5eVGcPE="),
        (String(repeating: "a", count: 55), "wci73CJ5bijA4VFj0giZtlYh1lo="),
        (String(repeating: "a", count: 56), "wtszD2CDhUyZ1LW/tujynyAb5pk="),
        (String(repeating: "a", count: 64), "AJi6gktcFkJ716ESKlpEKiXsZE0="),
    ])
    func computesSHA1(message: String, digest: String) {
        #expect(Base64.encode(SHA1.digest(Array(message.utf8))) == digest)
    }

    @Test func makesKeysThatAreValidAndDiffer() {
        let one = WebSocketHandshake.makeKey()
        #expect(WebSocketHandshake.isValidKey(one))
        #expect(one != WebSocketHandshake.makeKey())
    }

    @Test(arguments: [
        "", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25j!Q==", "dGhlIHNhbXBsZSBub25jZQ==x", " GhlIHNhbXBsZSBub25jZQ==",
        "éhlIHNhbXBsZSBub25jZQ==",
    ])
    func refusesWhatIsNoKey(key: String) {
        #expect(!WebSocketHandshake.isValidKey(key))
    }

    @Test(
        arguments: [
            ("chat", ["chat"]), ("bearer, TOKEN.part-2", ["bearer", "TOKEN.part-2"]),
            (" a ,\tb,,c ", ["a", "b", "c"]),
            ("", nil), (",", nil), ("a, a", nil), ("a b", nil), ("a;b", nil), ("é", nil),
        ] as [(String, [String]?)])
    func readsSubprotocols(field: String, names: [String]?) {
        #expect(WebSocketHandshake.subprotocols(field) == names)
    }
}
