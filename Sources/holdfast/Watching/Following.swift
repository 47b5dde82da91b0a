import Configuration
import Glibc
import Loop
import Sessions
import Transport
import Wire

/// Follows one live endpoint over as many connections as it takes. Lives on one loop.
///
/// `next` says what happened, one thing at a time; between two calls what comes waits in the connection, whose
/// pings are answered meanwhile. SIGINT and SIGTERM end it with a goodbye, unless its plan leaves them to its owner,
/// who calls `stop` at the end.
final class Following: SignalHandler, WebSocketSender {
    enum Event: Sendable {
        /// What the transcript made of messages, in order.
        case messages([UInt8])
        /// The connection is over; there will be another after a pause.
        case lost(Ending, Duration)
        case resumed
        /// Somebody called `wake`.
        case woken
        /// It is over for good.
        case ended(Ending)
        /// As many messages came as were wanted.
        case counted
        case failed(Failure)
    }

    /// For the answer to one attempt.
    private static let connecting = Duration.seconds(10)
    /// For the closing handshake; the program then ends without it.
    private static let goodbye = Duration.seconds(1)
    private static let usualPatience = Duration.seconds(600)
    /// A connection that lived this long was a good one.
    private static let goodLife = Duration.seconds(5)
    /// As much as is handed on at once.
    private static let batch = 256 << 10

    var headers: HTTPHeaders = [:]
    /// What hears the messages; its owner may put another in its place before the first.
    var transcript: any Transcribing
    private let plan: FollowingPlan
    private let dialler: Dialler
    private let policy: TransportPolicy
    private var client: WebSocketClient?
    private var connectedAt: Instant?
    /// Since when there has been no connection.
    private var withoutSince: Instant?
    private var hasBeenConnected = false
    private var backoff = Backoff()
    private var pause: Instant?
    private var closure: WebSocketClosure?
    private var signals: Signals?
    private var isInterrupted = false
    private var isWoken = false
    private var lastExit: TimerToken?
    private let interruption = Waiter()

    init(_ plan: FollowingPlan, by dialler: Dialler) {
        self.plan = plan
        self.dialler = dialler
        var values = TransportPolicy.Values()
        // The server decides how long a message may be; this only bounds what a broken one can do.
        values.webSocket = WebSocketLimits(message: 256 << 20)
        policy = TransportPolicy(values)
        transcript = Transcript(after: plan.after, wanted: plan.count)
    }

    func next(on loop: isolated EventLoop) async -> Event {
        if isWoken {
            isWoken = false
            return .woken
        }
        if signals == nil, plan.hearsSignals {
            do throws(SystemError) {
                signals = try Signals([SIGINT, SIGTERM], telling: self, on: loop)
            } catch {
                return .failed(Failure(error))
            }
        }
        if transcript.isComplete { return .counted }
        if let closure = closure.take() {
            return over(Ending(of: closure, announced: transcript.end), on: loop)
        }
        guard let client else { return await connect(on: loop) }
        return await receive(from: client, on: loop)
    }

    /// Has `next` come back soon, whatever it waits for.
    func wake(on loop: isolated EventLoop) {
        isWoken = true
        client?.interrupt(on: loop)
        interruption.signal(on: loop)
    }

    /// Whether more may be sent now. When not, the transcript is told when a connection has
    /// taken all.
    var isDrained: Bool { client?.isDrained ?? false }

    /// Sends a message over the connection that there is; without one it is lost.
    func send(_ kind: WebSocketMessageKind, _ payload: [UInt8], on loop: isolated EventLoop) {
        client?.send(kind, payload, on: loop)
    }

    func drained(on loop: isolated EventLoop) { transcript.drained(on: loop) }

    func stop(on loop: isolated EventLoop) {
        client?.close(on: loop)
        signals?.close(on: loop)
        signals = nil
    }

    // MARK: Connections

    private func connect(on loop: isolated EventLoop) async -> Event {
        while let pause, loop.now < pause, !isInterrupted {
            _ = await interruption.wait(until: pause, on: loop)
            if isWoken { return await next(on: loop) }
        }
        pause = nil
        if isInterrupted { return interrupted(on: loop) }
        let request: WebSocketRequest
        do throws(Failure) {
            request = try plan.request(transcript.query, headers: headers)
        } catch {
            // A server that is not there may come up again.
            guard [.unavailable, .temporary].contains(error.code) else { return .failed(error) }
            let reason: EndingReason = error.code == .temporary ? .tryAgainLater : .peerLost
            return over(Ending(reason, error.sentence), on: loop)
        }
        do throws(ClientError) {
            client = try await WebSocketClient.connect(
                request, by: dialler, policy: policy, until: loop.clock.now + Self.connecting, on: loop)
        } catch {
            return failed(error, on: loop)
        }
        connectedAt = loop.now
        withoutSince = nil
        client?.sender = self
        transcript.begin(client?.headers ?? [:])
        defer { hasBeenConnected = true }
        return hasBeenConnected ? .resumed : await next(on: loop)
    }

    private func failed(_ error: ClientError, on loop: isolated EventLoop) -> Event {
        if isInterrupted { return interrupted(on: loop) }
        switch error {
        case .badAddress, .untrusted: return .failed(Failure(error))
        case .refused(let head, let body):
            let asked = head.headers[.retryAfter].flatMap { UInt32($0) }.map { Duration.seconds($0) }
            return over(
                Ending(refusedWith: head, body), atLeast: asked,
                mayPass: hasBeenConnected && head.status == plan.passing, on: loop)
        case .malformed(let sentence): return over(Ending(.protocolError, sentence), on: loop)
        default: return over(Ending(.peerLost, error.description), on: loop)
        }
    }

    /// A connection, or an attempt at one, is over: again, or for good.
    private func over(
        _ ending: Ending, atLeast asked: Duration? = nil, mayPass: Bool = false, on loop: isolated EventLoop
    ) -> Event {
        if isInterrupted { return interrupted(on: loop) }
        if let began = connectedAt.take(), loop.now - began >= Self.goodLife { backoff.reset() }
        client = nil
        let since = withoutSince ?? loop.now
        withoutSince = since
        let patience = plan.patience ?? (hasBeenConnected ? Self.usualPatience : .zero)
        let wait = backoff.next(atLeast: asked)
        guard ending.mayRetry || mayPass, loop.now + wait <= since + patience else { return .ended(ending) }
        pause = loop.now + wait
        return .lost(ending, wait)
    }

    // MARK: Messages

    private func receive(from client: WebSocketClient, on loop: isolated EventLoop) async -> Event {
        var lines: [UInt8] = []
        // The connection's own pings tell whether the server is still there, however long it says nothing.
        var deadline = Instant.distantFuture
        while lines.count < Self.batch, !transcript.isComplete {
            let arrival: WebSocketClient.Arrival
            do throws(ClientError) {
                arrival = try await client.receive(until: deadline, on: loop)
            } catch {
                break
            }
            switch arrival {
            case .message(let kind, let payload): transcript.add(kind, payload, to: &lines, on: loop)
            case .closed(let end):
                closure = end
                return lines.isEmpty ? await next(on: loop) : .messages(lines)
            }
            // Then all that is there already.
            deadline = loop.now
        }
        return .messages(lines)
    }

    // MARK: Signals

    private func interrupted(on loop: isolated EventLoop) -> Event {
        if let lastExit { loop.cancel(lastExit) }
        return .ended(Ending(.cancelled))
    }

    func received(_ signal: CInt, on loop: isolated EventLoop) {
        guard !isInterrupted else { return }
        isInterrupted = true
        client?.close(on: loop)
        interruption.signal(on: loop)
        lastExit = loop.arm(LastExit(.interrupted), after: Self.goodbye)
    }
}
