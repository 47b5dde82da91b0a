import CLinux
import Glibc
package import Loop

/// A connected stream socket, plain or under TLS. Never blocks; closed exactly once by its owner.
package struct Socket: ~Copyable {
    package let descriptor: Descriptor
    private let tls: TLSChannel?

    package init(_ descriptor: consuming Descriptor, tls: TLSChannel? = nil) {
        self.descriptor = descriptor
        self.tls = tls
    }

    package var isSecure: Bool { tls != nil }

    /// Whether bytes wait above the kernel, where no readiness will tell of them.
    package var hasBuffered: Bool { tls?.hasBuffered ?? false }

    /// Of what the last write was given and did not take: how much it has to be given again, first of all.
    var committed: Int { tls?.committed ?? 0 }

    /// Makes sure that the other end is there and who it should be; `.moved` says so.
    func handshake() -> Transfer { tls?.handshake() ?? .moved(0) }

    /// Why the other end's certificate was not believed.
    var distrust: String? { tls?.distrust }

    /// What to be told of, so that `wanted` can go on. Under TLS a read may wait for the socket to take
    /// something, and bytes that wait above the kernel are fetched as soon as there is any word from it.
    func interest(_ wanted: Readiness) -> Readiness {
        guard let tls else { return wanted }
        var interest = wanted
        if wanted.contains(.writable) {
            interest.remove(.writable)
            interest.insert(tls.writeNeeds)
        }
        if wanted.contains(.readable) {
            interest.insert(tls.hasBuffered ? .writable : tls.readNeeds)
        }
        return interest
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        if let tls { return unsafe tls.read(into: buffer) }
        let count = unsafe recv(descriptor.raw, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .moved(count) }
        return count == 0 ? .ended : Self.failure("recv")
    }

    package func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        if let tls { return unsafe tls.write(bytes) }
        let count = unsafe send(descriptor.raw, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        return count >= 0 ? .moved(count) : Self.failure("send")
    }

    /// Tells the peer that nothing more will come; reading goes on.
    package func finishWriting() {
        tls?.finishWriting()
        _ = shutdown(descriptor.raw, CInt(SHUT_WR))
    }

    func watch(
        for interest: Readiness, telling handler: any ReadinessHandler, on loop: isolated EventLoop
    ) throws(SystemError) -> WatchToken {
        try loop.watch(descriptor, for: interest, telling: handler)
    }

    /// Under TLS the other end is told, or it could not tell the end from a cut (RFC 8446, 6.1).
    package consuming func close() {
        tls?.finishWriting()
        descriptor.close()
    }

    private static func failure(_ call: String) -> Transfer {
        errno == EAGAIN || errno == EINTR ? .blocked : .failed(SystemError(call))
    }
}
