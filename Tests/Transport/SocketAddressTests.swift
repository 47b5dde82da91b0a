import Testing
import Transport

@Suite struct SocketAddressTests {
    @Test(arguments: ["127.0.0.1:8002", "[::1]:443", "unix:/run/holdfast.sock"])
    func anAddressPrintsAsItWasWritten(text: String) {
        #expect(SocketAddress(parsing: text)?.description == text)
    }

    @Test(arguments: ["", "8002", "localhost:80", "127.0.0.1:", "127.0.0.1:70000", "::1:80", "unix:"])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(SocketAddress(parsing: text) == nil)
    }

    @Test func loopbackIsRecognised() {
        #expect(SocketAddress(parsing: "127.9.9.9:1")?.isLoopback == true)
        #expect(SocketAddress(parsing: "[::1]:1")?.isLoopback == true)
        #expect(SocketAddress(parsing: "10.0.0.1:1")?.isLoopback == false)
    }
}
