import CLinux
import Glibc
import Loop

/// Takes connections from one listening socket on one loop, and knows those that speak HTTP.
///
/// When descriptors or memory run out it says so, stops for a while, and goes on by itself: it never spins
/// and never dies.
final class Acceptor: ReadinessHandler, TimerHandler {
    private static let batch = 64
    private static let shortestPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(1)

    private let listener: Listener
    private var descriptor: Descriptor?
    private var watch: WatchToken?
    private var timer: TimerToken?
    private var pause = shortestPause
    private var connections: [ObjectIdentifier: HTTPConnection] = [:]
    private var tasks = 0
    private let isEmptied = Waiter()

    init(_ listener: Listener, _ descriptor: consuming Descriptor) {
        self.listener = listener
        self.descriptor = consume descriptor
    }

    func start(on loop: isolated EventLoop) throws(SystemError) {
        watch = try loop.watch(descriptor!, for: [.readable, .exclusive], telling: self)
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        guard let error = accept(atMost: Self.batch, on: loop), mustPause(error.code) else { return }
        pauseAccepting(error, on: loop)
    }

    /// Takes those that wait; what stopped it before it had taken so many.
    private func accept(atMost limit: Int, on loop: isolated EventLoop) -> SystemError? {
        for _ in 0..<limit {
            guard descriptor != nil else { return nil }
            do throws(SystemError) {
                let (raw, peer) = try ListeningSocket.accept(descriptor!)
                pause = Self.shortestPause
                take(Descriptor(owning: raw), from: peer, on: loop)
            } catch {
                return error
            }
        }
        return nil
    }

    private func take(
        _ descriptor: consuming Descriptor, from peer: SocketAddress, on loop: isolated EventLoop
    ) {
        guard let host = listener.admission.enter(peer.host) else {
            Self.turnAway(descriptor, isPlain: listener.tls == nil)
            return
        }
        if peer.family != .unix { configure(descriptor) }
        let channel = listener.tls?.makeServerChannel(on: descriptor)
        let connection = HTTPConnection(
            Socket(descriptor, tls: channel), peer: peer, host: host, acceptor: self,
            policy: listener.policy, service: listener.service, on: loop)
        connections[ObjectIdentifier(connection)] = connection
        connection.keeper = listener.service.opened(Connection(connection), on: loop)
        connection.start(on: loop)
    }

    /// Small messages go out at once; and a peer whose network is gone is noticed though nobody waits for it.
    private func configure(_ descriptor: borrowing Descriptor) {
        try? ListeningSocket.set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        let stalled = CInt(clamping: listener.policy.values.writeStalled.milliseconds)
        try? ListeningSocket.set(descriptor, CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, stalled)
    }

    /// Says why, in the one way that needs no waiting: into the empty buffer of a new socket.
    private static func turnAway(_ descriptor: consuming Descriptor, isPlain: Bool) {
        if isPlain {
            let answer =
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            let count = answer.utf8.count
            _ = unsafe send(descriptor.raw, answer, count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
        }
        descriptor.close()
    }

    // MARK: Running out

    /// One connection is at fault; the next may be taken.
    private func isOfOne(_ code: CInt) -> Bool { code == ECONNABORTED || code == EINTR }

    private func mustPause(_ code: CInt) -> Bool {
        switch code {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: true
        default: false
        }
    }

    private func pauseAccepting(_ error: SystemError, on loop: isolated EventLoop) {
        listener.onTrouble(error)
        if let watch { loop.unwatch(watch) }
        watch = nil
        timer = loop.arm(self, after: pause)
        pause = min(pause * 2, Self.longestPause)
    }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        guard descriptor != nil else { return }
        do throws(SystemError) {
            try start(on: loop)
        } catch {
            self.timer = loop.arm(self, after: pause)
        }
    }

    // MARK: The end

    func closed(_ connection: HTTPConnection, on loop: isolated EventLoop) {
        connections[ObjectIdentifier(connection)] = nil
        isEmptied.signal(on: loop)
    }

    func taskBegan() { tasks += 1 }

    func taskEnded(on loop: isolated EventLoop) {
        tasks -= 1
        isEmptied.signal(on: loop)
    }

    /// No further connection is taken; the listening socket is closed. Those that the kernel has taken for us are
    /// ours: they may have asked already, and would be reset.
    func stop(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        while let error = accept(atMost: Int(ListeningSocket.backlog), on: loop), isOfOne(error.code) {}
        guard let descriptor = descriptor.take() else { return }
        if let watch { loop.unwatch(watch) }
        descriptor.close()
    }

    /// Idle connections close, busy ones after their answer.
    func drain(on loop: isolated EventLoop) {
        for connection in Array(connections.values) { connection.drain(on: loop) }
    }

    /// Waits until every connection and every handler's task is over; cuts what is not at the deadline, and
    /// says how many connections that were. A little before it those who still wait for an answer get a last one.
    func awaitEmpty(until deadline: Instant, on loop: isolated EventLoop) async -> Int {
        let span = deadline - loop.now
        let last = loop.now + (span - min(listener.policy.values.linger, span / 5))
        if await isEmpty(by: last, on: loop) { return 0 }
        for connection in Array(connections.values) { connection.hurry(on: loop) }
        if await isEmpty(by: deadline, on: loop) { return 0 }
        let cut = connections.count
        for connection in Array(connections.values) { connection.giveBack(.shutdown, on: loop) }
        return cut
    }

    private func isEmpty(by deadline: Instant, on loop: isolated EventLoop) async -> Bool {
        while !connections.isEmpty || tasks > 0 {
            guard case .signalled = await isEmptied.wait(until: deadline, on: loop) else { return false }
        }
        return true
    }
}
