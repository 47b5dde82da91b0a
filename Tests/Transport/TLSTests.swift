import CLinux
import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    @Test func messagesOfEverySizeComeBackOverTLS() async throws {
        let paper = try Paper()
        try await withServer(tls: paper.server()) { server, loop in
            let dialler = Dialler(tls: try paper.client())
            let client = try await TestClient.connect(
                "wss://localhost:\(server.address.port)/socket", by: dialler, on: loop)
            for size in [0, 1, 16_384, 16_385, 300_000, 1 << 20] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                client.send(bytes, on: loop)
                #expect(try await client.binary(on: loop) == bytes)
            }
            for number in 0..<1000 { client.send("\(number)", on: loop) }
            for number in 0..<1000 { #expect(try await client.text(on: loop) == "\(number)") }
            #expect(try await client.close(on: loop).code == .normal)
        }
    }

    @Test func requestsAreAnsweredOverTLSOnOneConnection() async throws {
        let paper = try Paper()
        try await withServer(tls: paper.server()) { server, loop in
            let client = HTTPClient(Dialler(tls: try paper.client()))
            let deadline = loop.clock.now + .seconds(20)
            for path in ["/a", "/b"] {
                let url = try URLAddress("https://127.0.0.1:\(server.address.port)\(path)")
                let (head, body) = try await client.fetch(ClientRequest(.get, url), until: deadline, on: loop)
                #expect(head.status == .ok)
                #expect(String(decoding: body, as: UTF8.self) == path)
            }
            let url = try URLAddress("https://127.0.0.1:\(server.address.port)/large")
            let large = try await client.fetch(
                ClientRequest(.get, url), limit: 64 << 20, until: deadline, on: loop)
            #expect(large.body.count == 16 << 20)
            client.close(on: loop)
            #expect(server.traffic.accepted == 1)
        }
    }

    @Test func framesThatAreOfferedAndDroppedWhenTLSIsBlockedLeaveTheRestWhole() async throws {
        let paper = try Paper()
        try await withServer(
            tls: paper.server(),
            answering: { request, _ in
                (try? .webSocket(WebSocketUpgrade(request.head, handler: Latest()))) ?? Response(.badRequest)
            }
        ) { server, loop in
            let client = try await TestClient.connect(
                "wss://localhost:\(server.address.port)/", by: Dialler(tls: try paper.client()), on: loop)
            var last = -1
            var count = 0
            while last < Latest.count - 1 {
                let message = try await client.binary(on: loop)
                let number = Int(message[0]) << 8 | Int(message[1])
                try #require(number > last)
                try #require(message == Latest.message(number))
                last = number
                count += 1
                // Slower than the server, so that it is blocked again and again.
                if count.isMultiple(of: 20) { await loop.sleep(until: loop.clock.now + .milliseconds(5)) }
            }
            try await client.close(on: loop)
        }
    }

    @Test func aCertificateForAnotherHostIsNotBelieved() async throws {
        let paper = try Paper(names: ["DNS:elsewhere.example"])
        try await expectDistrust(paper, paper.client(), "hostname mismatch")
    }

    @Test func anExpiredCertificateIsNotBelieved() async throws {
        let paper = try Paper(expired: true)
        try await expectDistrust(paper, paper.client(), "certificate has expired")
    }

    @Test func aCertificateOfAnUnknownAuthorityIsNotBelieved() async throws {
        let paper = try Paper()
        try await expectDistrust(paper, try Paper().client(), "unable to get local issuer certificate")
    }

    private func expectDistrust(_ paper: Paper, _ client: TLSClientContext, _ reason: String) async throws {
        try await withServer(tls: paper.server()) { server, loop in
            do {
                _ = try await TestClient.connect(
                    "wss://localhost:\(server.address.port)/socket", by: Dialler(tls: client), on: loop)
                Issue.record("the server was believed")
            } catch ClientError.untrusted(let why) {
                #expect(why == reason)
            }
        }
    }

    @Test func anInsecureClientBelievesEverybody() async throws {
        let paper = try Paper(names: ["DNS:elsewhere.example"])
        try await withServer(tls: paper.server()) { server, loop in
            let client = try await TestClient.connect(
                "wss://localhost:\(server.address.port)/socket",
                by: Dialler(tls: try TLSClientContext(insecure: true)), on: loop)
            try await client.close(on: loop)
        }
    }

    @Test func newConnectionsGetTheNewCertificateAndOldOnesGoOn() async throws {
        let paper = try Paper()
        let tls = try paper.server()
        try await withServer(tls: tls) { server, loop in
            let url = "wss://localhost:\(server.address.port)/socket"
            let old = Dialler(tls: try paper.client())
            let first = try await TestClient.connect(url, by: old, on: loop)
            try paper.renew()
            try tls.reload()
            await #expect(throws: ClientError.self) {
                _ = try await TestClient.connect(url, by: old, on: loop)
            }
            let second = try await TestClient.connect(url, by: Dialler(tls: try paper.client()), on: loop)
            for client in [first, second] {
                client.send("still here", on: loop)
                #expect(try await client.text(on: loop) == "still here")
                try await client.close(on: loop)
            }
        }
    }

    @Test func filesThatAreNoGoodLeaveTheOldCertificate() async throws {
        let paper = try Paper()
        let tls = try paper.server()
        try paper.damage()
        #expect(throws: TLSError.self) { try tls.reload() }
        try await withServer(tls: tls) { server, loop in
            let client = try await TestClient.connect(
                "wss://localhost:\(server.address.port)/socket", by: Dialler(tls: try paper.client()),
                on: loop)
            try await client.close(on: loop)
        }
    }

    @Test func whatIsWrongWithTheFilesIsSaid() throws {
        let paper = try Paper()
        let folder = paper.folder
        #expect(throws: TLSError(file: "/nowhere", "it cannot be read: No such file or directory")) {
            try TLSContext(certificate: "/nowhere", key: paper.key)
        }
        let other = try Paper()
        #expect(
            throws: TLSError(file: other.key, "it is not the key of the certificate in \(paper.certificate)")
        ) {
            try TLSContext(certificate: paper.certificate, key: other.key)
        }
        let locked = folder.file("locked.pem")
        try TestCertificate(names: ["DNS:x"]).writeKey(to: locked, passphrase: "secret")
        do {
            _ = try TLSContext(certificate: paper.certificate, key: locked)
            Issue.record("a locked key was read")
        } catch {
            #expect(error.reason.contains("locked by a passphrase"))
        }
        do {
            _ = try TLSContext(certificate: paper.key, key: paper.key)
            Issue.record("a key was taken for a certificate")
        } catch {
            #expect(error.reason.contains("no certificate in PEM form"))
        }
    }

    @Test func onewhoSpeaksPlainHTTPIsToldSo() async throws {
        let paper = try Paper()
        try await withServer(tls: paper.server()) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            let (head, body) = try await peer.answer(on: loop)
            #expect(head.hasPrefix("HTTP/1.1 400 "))
            #expect(body.contains("https://"))
            peer.close(on: loop)
        }
    }

    @Test func aHandshakeThatDoesNotComeIsNotWaitedForLonger() async throws {
        let paper = try Paper()
        try await withServer(isManual: true, tls: paper.server()) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send([22, 3, 1, 2], on: loop)
            try await eventually("it was taken") { server.traffic.open == 1 }
            server.clock.advance(by: .seconds(10))
            try await peer.awaitGone(on: loop)
            peer.close(on: loop)
        }
    }

    @Test func garbageAndResetsInTheHandshakeLeaveNothingBehind() async throws {
        let paper = try Paper()
        try await withServer(tls: paper.server()) { server, loop in
            for round in 0..<100 {
                let peer = try await server.connect(on: loop)
                try await peer.send([22, 3, 1, 0, UInt8(round), 1, 2, 3], on: loop)
                if round.isMultiple(of: 2) { peer.reset(on: loop) } else { peer.close(on: loop) }
            }
            try await server.hasClosedAll()
        }
    }

    @Test func messagesThatPileUpOnBothSidesOfTLSComeWholeAndInOrder() async throws {
        let paper = try Paper()
        try await withServer(tls: paper.server()) { server, loop in
            var values = TransportPolicy.Values()
            values.outboundBytes = 64 << 20
            let client = try await TestClient.connect(
                "wss://localhost:\(server.address.port)/socket", by: Dialler(tls: try paper.client()),
                policy: TransportPolicy(values), on: loop)
            // Echoes pile up unread in the client until it reads no more, then in the kernel, then in the server.
            let sizes = (1...80).map { $0 * 1997 }
            for size in sizes {
                client.send([UInt8](repeating: UInt8(size & 255), count: size), on: loop)
            }
            for size in sizes {
                let message = [UInt8](repeating: UInt8(size & 255), count: size)
                try #require(try await client.binary(on: loop) == message)
            }
            client.abort(on: loop)
        }
    }
}

/// Offers one state after the other; what the socket does not take is never said, but for the rest of a frame
/// that was cut, and the last.
private final class Latest: WebSocketHandler {
    static let count = 2000
    private var next = 0

    static func message(_ number: Int) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: UInt8(number & 255), count: 20_000)
    }

    func opened(_ socket: WebSocket, on loop: isolated EventLoop) { offer(socket, on: loop) }
    func drained(_ socket: WebSocket, on loop: isolated EventLoop) { offer(socket, on: loop) }
    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {}
    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {}

    private func offer(_ socket: WebSocket, on loop: isolated EventLoop) {
        while next < Self.count, socket.isDrained {
            let message = Self.message(next)
            let frame = [0x82, 126, UInt8(message.count >> 8), UInt8(message.count & 255)] + message
            next += 1
            unsafe frame.withUnsafeBytes { bytes in
                let taken = unsafe socket.offer(bytes, on: loop)
                guard taken < bytes.count, taken > 0 || next == Self.count else { return }
                unsafe socket.queue(UnsafeRawBufferPointer(rebasing: bytes[taken...]), on: loop)
            }
        }
    }
}

/// The files of a server's certificate, and of the authority that issued it.
private struct Paper: Sendable {
    let folder: TemporaryFolder
    let names: [String]
    let expired: Bool

    var certificate: String { folder.file("server.pem") }
    var key: String { folder.file("server.key") }
    var authority: String { folder.file("authority.pem") }

    init(names: [String] = ["DNS:localhost", "IP:127.0.0.1"], expired: Bool = false) throws {
        folder = try TemporaryFolder()
        self.names = names
        self.expired = expired
        try renew()
    }

    /// Everything anew, the authority too.
    func renew() throws {
        let authority = try TestCertificate()
        let server = try TestCertificate(names: names, issuer: authority, expired: expired)
        try authority.writeCertificate(to: self.authority)
        try server.writeCertificate(to: certificate)
        try server.writeKey(to: key)
    }

    func damage() throws {
        try #require(unsafe truncate(certificate, 20) == 0)
    }

    func server() throws -> TLSContext { try TLSContext(certificate: certificate, key: key) }
    func client() throws -> TLSClientContext { try TLSClientContext(authorities: authority) }
}
