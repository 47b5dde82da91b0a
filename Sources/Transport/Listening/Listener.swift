package import Loop
import Synchronization
import Wire

/// One address that a server listens on, on all of its loops.
///
/// `start` binds; `stopAccepting` closes the listening sockets; `drain` lets what is busy finish, within a
/// deadline, and cuts the rest.
package final class Listener: Sendable {
    package let policy: TransportPolicy
    package let admission: Admission
    package let tls: TLSContext?
    let service: any RequestHandler
    let onTrouble: @Sendable (SystemError) -> Void
    private let loops: [EventLoop]
    private let unixMode: UInt32
    private let file = Mutex<SocketFile?>(nil)

    /// - Parameters:
    ///   - tls: nil for plain text.
    ///   - unixMode: who may connect to a Unix socket, as the mode of its file.
    ///   - onTrouble: told when connections cannot be taken for want of descriptors or memory.
    package init(
        _ service: any RequestHandler, policy: TransportPolicy, admission: Admission, tls: TLSContext? = nil,
        unixMode: UInt32 = 0o660, loops: [EventLoop],
        onTrouble: @escaping @Sendable (SystemError) -> Void = { _ in }
    ) {
        self.service = service
        self.policy = policy
        self.admission = admission
        self.tls = tls
        self.unixMode = unixMode
        self.loops = loops
        self.onTrouble = onTrouble
    }

    /// Listens; says on which address, as port 0 lets the kernel choose. When one loop cannot, none does.
    package func start(on address: SocketAddress) async throws(SystemError) -> SocketAddress {
        let first = try ListeningSocket.openFirst(address, mode: unixMode)
        file.withLock { $0 = SocketFile(of: address) }
        let bound = address.family == .unix ? address : ListeningSocket.address(of: first)
        // A Unix socket has one queue, which the loops share; a TCP port has one for each.
        let shared = first.raw
        do throws(SystemError) {
            try await loops[0].listen(self, first)
            for loop in loops.dropFirst() {
                let next =
                    bound.family == .unix
                    ? try ListeningSocket.duplicate(shared) : try ListeningSocket.open(bound)
                try await loop.listen(self, next)
            }
        } catch {
            await stopAccepting()
            for loop in loops { await loop.forget(self) }
            throw error
        }
        return bound
    }

    /// No further connection is taken.
    package func stopAccepting() async {
        // While it still listens: behind a file that does not answer, another server would put its own.
        file.withLock { $0.take()?.remove() }
        for loop in loops { await loop.stopListening(self) }
    }

    /// Idle connections close, busy ones after their answer; those that are not done at the deadline are cut.
    /// How many had to be.
    @discardableResult
    package func drain(until deadline: Instant) async -> Int {
        for loop in loops { await loop.beginDraining(self) }
        return await withTaskGroup { drains in
            for loop in loops { drains.addTask { await loop.awaitDrained(self, until: deadline) } }
            return await drains.reduce(0, +)
        }
    }
}

extension WebSocket {
    /// Lets those of these loops that are ending take no longer than those that begin to end now.
    package static func hurryAll(on loops: [EventLoop]) async {
        for loop in loops { await loop.hurryWebSockets() }
    }

    /// Ends whatever WebSocket is left on these loops, whoever it belongs to: the last word of a server whose time
    /// to drain is over. How many there were.
    @discardableResult
    package static func cutAll(on loops: [EventLoop]) async -> Int {
        var cut = 0
        for loop in loops { cut += await loop.cutWebSockets() }
        return cut
    }
}

/// The acceptors of one loop, by their listener.
private final class Acceptors {
    var byListener: [ObjectIdentifier: Acceptor] = [:]
}

extension EventLoop {
    private var acceptors: Acceptors { belonging(Acceptors.self) { Acceptors() } }

    fileprivate func listen(_ listener: Listener, _ descriptor: consuming Descriptor) throws(SystemError) {
        let acceptor = Acceptor(listener, descriptor)
        acceptors.byListener[ObjectIdentifier(listener)] = acceptor
        try acceptor.start(on: self)
    }

    fileprivate func stopListening(_ listener: Listener) {
        acceptors.byListener[ObjectIdentifier(listener)]?.stop(on: self)
    }

    fileprivate func forget(_ listener: Listener) {
        acceptors.byListener[ObjectIdentifier(listener)] = nil
    }

    fileprivate func hurryWebSockets() {
        for case let socket as WebSocket in watchers { socket.hurry(on: self) }
    }

    fileprivate func cutWebSockets() -> Int {
        let left = watchers.compactMap { $0 as? WebSocket }
        for socket in left { socket.abort(.ours, .goingAway, "Server shutting down", on: self) }
        return left.count
    }

    fileprivate func beginDraining(_ listener: Listener) {
        let acceptor = acceptors.byListener[ObjectIdentifier(listener)]
        acceptor?.stop(on: self)
        acceptor?.drain(on: self)
    }

    fileprivate func awaitDrained(_ listener: Listener, until deadline: Instant) async -> Int {
        guard let acceptor = acceptors.byListener.removeValue(forKey: ObjectIdentifier(listener)) else {
            return 0
        }
        return await acceptor.awaitEmpty(until: deadline, on: self)
    }
}
