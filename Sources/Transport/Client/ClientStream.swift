import CLinux
import Glibc
package import Loop

/// A client's connection: bytes there and back, for one task at a time, and never without a deadline.
///
/// Whoever has it closes it, once. It is told of each change of its socket's readiness, so it needs no
/// interest to be declared, under TLS neither.
package final class ClientStream: ReadinessHandler {
    package let peer: SocketAddress
    var socket: Socket?
    private var watch: WatchToken?
    private let change = Waiter()
    private var overheard: [UInt8] = []

    /// Takes over a socket that is connected, or about to be.
    package init(
        _ socket: consuming Socket, peer: SocketAddress, on loop: isolated EventLoop
    ) throws(SystemError) {
        self.peer = peer
        self.socket = consume socket
        do throws(SystemError) {
            watch = try self.socket!.watch(
                for: [.readable, .writable, .peerFinished, .edge], telling: self, on: loop)
        } catch {
            self.socket.take()?.close()
            throw error
        }
    }

    package func ready(_ readiness: Readiness, on loop: isolated EventLoop) { change.signal(on: loop) }

    /// What has come, at least one byte; nothing when the peer will send no more.
    package func read(until deadline: Instant, on loop: isolated EventLoop) async throws(ClientError)
        -> [UInt8]
    {
        if !overheard.isEmpty {
            defer { overheard = [] }
            return overheard
        }
        while true {
            let buffer = unsafe loop.scratch.incoming
            switch unsafe socket?.read(into: buffer) ?? .ended {
            case .moved(let count): return unsafe Array(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            case .blocked: try await wait(for: "the peer said more", until: deadline, on: loop)
            case .ended: return []
            case .failed(let error): throw .lost(error.description)
            }
        }
    }

    /// Writes all of `bytes`, and says whether it did.
    ///
    /// - Parameter listening: stop when the peer speaks while it takes no more, as a server does that refuses
    ///   what it is being sent.
    @discardableResult
    package func write(
        _ bytes: [UInt8], listening: Bool = false, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let transfer = unsafe bytes.withUnsafeBytes { all in
                unsafe socket?.write(UnsafeRawBufferPointer(rebasing: all[sent...])) ?? .ended
            }
            switch transfer {
            case .moved(let count): sent += count
            case .blocked:
                if listening, overhears(on: loop) { return false }
                try await wait(for: "the peer took all", until: deadline, on: loop)
            case .ended: throw .lost("The peer takes no more")
            case .failed(let error): throw .lost(error.description)
            }
        }
        return true
    }

    /// Whether the peer has said something, which is kept for the next `read`.
    private func overhears(on loop: isolated EventLoop) -> Bool {
        let buffer = unsafe loop.scratch.incoming
        guard case .moved(let count) = unsafe socket?.read(into: buffer) ?? .ended else { return false }
        unsafe overheard.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return true
    }

    /// Whether a connection that was left alone can still be used: nothing came, and it has not ended.
    func isQuiet(on loop: isolated EventLoop) -> Bool {
        unsafe socket?.read(into: loop.scratch.incoming) == .blocked
    }

    /// Tells the peer that nothing more will come; reading goes on.
    package func finishWriting() { socket?.finishWriting() }

    /// Comes back after the next change of the socket's readiness.
    func wait(
        for awaited: String, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) {
        switch await change.wait(until: deadline, on: loop) {
        case .signalled: break
        case .expired: throw .expired(awaited)
        case .cancelled: throw .cancelled
        }
    }

    package func close(on loop: isolated EventLoop) {
        guard let socket = socket.take() else { return }
        if let watch { loop.unwatch(watch) }
        socket.close()
    }

    /// Closes so that the peer sees a reset, and nothing that was still on its way.
    package func reset(on loop: isolated EventLoop) {
        if let raw = socket?.descriptor.raw {
            var now = linger(l_onoff: 1, l_linger: 0)
            _ = unsafe setsockopt(raw, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        }
        close(on: loop)
    }

    /// Gives the socket to somebody else, with the watch that is on it.
    func release<Taker>(_ take: (consuming Socket, WatchToken) -> Taker) -> Taker? {
        guard let watch, let socket = socket.take() else { return nil }
        return take(socket, watch)
    }
}
