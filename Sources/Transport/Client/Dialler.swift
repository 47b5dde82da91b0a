import CLinux
import Glibc
package import Loop

/// Connects: finds a machine's addresses and tries them in turn, all within one deadline.
package struct Dialler: Sendable {
    private let resolver: Resolver
    private let tls: TLSClientContext?

    /// - Parameter tls: whom to trust; without it nothing that is under TLS can be reached.
    package init(resolver: Resolver = Resolver(), tls: TLSClientContext? = nil) {
        self.resolver = resolver
        self.tls = tls
    }

    /// - Parameter address: goes there, to a Unix socket perhaps, instead of where the URL's host leads.
    package func connect(
        to url: URLAddress, at address: SocketAddress? = nil, until deadline: Instant,
        on loop: isolated EventLoop
    ) async throws(ClientError) -> ClientStream {
        let tls = try tls(for: url)
        var untried: [SocketAddress]
        if let address {
            untried = [address]
        } else {
            untried = try await resolver.addresses(of: url, until: deadline, on: loop)
        }
        while true {
            let next = untried.removeFirst()
            // One address that does not answer must not eat the time of those after it.
            let share = (deadline - loop.clock.now) / (untried.count + 1)
            do throws(ClientError) {
                let until = untried.isEmpty ? deadline : loop.clock.now + share
                return try await Self.connect(to: next, under: tls, until: until, on: loop)
            } catch {
                // Who is not to be trusted at one address is no better at another.
                switch error {
                case .cancelled, .untrusted: throw error
                default: if untried.isEmpty { throw error }
                }
            }
        }
    }

    private func tls(for url: URLAddress) throws(ClientError) -> TLSDestination? {
        guard url.isSecure else { return nil }
        guard let tls else { throw .badAddress("\(url) is under TLS, which this client was not set up for.") }
        return TLSDestination(context: tls, host: url.host)
    }

    /// One attempt at one address.
    package static func connect(
        to address: SocketAddress, under tls: TLSDestination? = nil, until deadline: Instant,
        on loop: isolated EventLoop
    ) async throws(ClientError) -> ClientStream {
        let stream: ClientStream
        do throws(SystemError) {
            stream = try begin(address, tls, on: loop)
        } catch {
            throw .unreachable(address.description, error)
        }
        do throws(ClientError) {
            while try !stream.isConnected() {
                try await stream.wait(for: "\(address) took the connection", until: deadline, on: loop)
            }
            try await stream.handshake(until: deadline, on: loop)
        } catch {
            stream.close(on: loop)
            throw error
        }
        return stream
    }

    private static func begin(
        _ address: SocketAddress, _ tls: TLSDestination?, on loop: isolated EventLoop
    ) throws(SystemError) -> ClientStream {
        let domain = address.family == .ipv4 ? AF_INET : address.family == .ipv6 ? AF_INET6 : AF_UNIX
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let raw = socket(domain, kind, 0)
        guard raw >= 0 else { throw SystemError("socket") }
        let descriptor = Descriptor(owning: raw)
        if address.family != .unix {
            try? ListeningSocket.set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        }
        let result = unsafe address.withSockaddr { unsafe Glibc.connect(raw, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let error = SystemError("connect")
            descriptor.close()
            throw error
        }
        let channel = tls?.context.makeChannel(on: descriptor, to: tls!.host)
        return try ClientStream(Socket(descriptor, tls: channel), peer: address, on: loop)
    }
}

/// The machine that the other end has to show to be, to those who trust `context`.
package struct TLSDestination {
    let context: TLSClientContext
    let host: String
}

extension ClientStream {
    /// Makes sure of the other end, where it is under TLS.
    fileprivate func handshake(
        until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) {
        while true {
            switch socket?.handshake() ?? .ended {
            case .moved: return
            case .blocked: try await wait(for: "the TLS handshake was done", until: deadline, on: loop)
            case .ended: throw .lost("The peer ended the TLS handshake")
            case .failed(let error):
                if let reason = socket?.distrust { throw .untrusted(reason) }
                throw error.code == EPROTO ? .untrusted(error.call) : .lost(error.description)
            }
        }
    }

    /// Whether the connection stands by now; throws when it will not.
    fileprivate func isConnected() throws(ClientError) -> Bool {
        guard let raw = socket?.descriptor.raw else { throw .lost("Closed") }
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe getsockopt(raw, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code == 0 else {
            throw .unreachable(peer.description, SystemError("connect", code: code))
        }
        var found = false
        unsafe _ = SocketAddress { address, length in found = unsafe getpeername(raw, address, length) == 0 }
        return found
    }
}
