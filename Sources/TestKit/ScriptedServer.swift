import CLinux
import Glibc
package import Loop
package import Transport

/// A listening socket whose every connection is a peer that a test moves by hand.
package final class ScriptedServer: ReadinessHandler {
    package let address: SocketAddress
    private var descriptor: Descriptor?
    private var watch: WatchToken?
    private let arrival = Waiter()

    /// Listens on loopback.
    /// - Parameter port: 0 for one of the kernel's choice.
    package init(at port: UInt16 = 0, on loop: isolated EventLoop) throws {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let raw = socket(AF_INET, kind, 0)
        guard raw >= 0 else { throw SystemError("socket") }
        let descriptor = Descriptor(owning: raw)
        let port = Self.listen(raw, port)
        guard let port, let address = SocketAddress(host: "127.0.0.1", port: port) else {
            let error = SystemError("listen")
            descriptor.close()
            throw error
        }
        self.address = address
        watch = nil
        do {
            let token = try loop.watch(descriptor, for: [.readable], telling: self)
            self.descriptor = consume descriptor
            watch = token
        } catch {
            descriptor.close()
            throw error
        }
    }

    package func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        // Not asked again until somebody waits: the readiness stays until the connection is taken.
        if let watch { loop.change(watch, to: []) }
        arrival.signal(on: loop)
    }

    /// Whether anybody has come since the last connection was taken.
    package var hasArrivals: Bool {
        guard let raw = descriptor?.raw else { return false }
        var poll = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
        return unsafe Glibc.poll(&poll, 1, 0) > 0
    }

    /// The next connection.
    package func accept(
        patience: Duration = .seconds(10), on loop: isolated EventLoop
    ) async throws -> ScriptedPeer {
        let deadline = loop.clock.now + patience
        guard let listening = descriptor?.raw else { throw TestFailure("the server is closed") }
        while true {
            var head = sockaddr()
            var size = socklen_t(MemoryLayout<sockaddr>.size)
            let raw = unsafe hf_accept(listening, &head, &size)
            if raw >= 0 {
                let stream = try ClientStream(Socket(Descriptor(owning: raw)), peer: address, on: loop)
                return ScriptedPeer(stream, patience: patience, on: loop)
            }
            guard errno == EAGAIN else { throw SystemError("accept") }
            if let watch { loop.change(watch, to: [.readable]) }
            guard await arrival.wait(until: deadline, on: loop) == .signalled else {
                throw TestFailure("waited for a connection, but none came")
            }
        }
    }

    package func close(on loop: isolated EventLoop) {
        guard let descriptor = descriptor.take() else { return }
        if let watch { loop.unwatch(watch) }
        descriptor.close()
    }

    private static func listen(_ raw: CInt, _ port: UInt16) -> UInt16? {
        // A port that a server had a moment ago can be taken at once.
        var one: CInt = 1
        unsafe setsockopt(raw, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            // sockaddr is the common head of every address.
            let head = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            guard unsafe bind(raw, head, size) == 0, Glibc.listen(raw, 128) == 0,
                unsafe getsockname(raw, head, &size) == 0
            else { return nil }
            return unsafe UInt16(bigEndian: pointer.pointee.sin_port)
        }
    }
}
