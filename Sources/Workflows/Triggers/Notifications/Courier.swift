import Loop
import Store
import Transport
import Wire

/// Delivers to one target, one after the other, so that a slow one delays nobody else's.
///
/// Each attempt has a deadline. What was delivered and could not be written down is delivered again. Lives on one loop;
/// whoever starts it stops it, before the store is closed.
final class Courier {
    /// How long one attempt may take, from looking up the name to the answer.
    static let deadline = Duration.seconds(10)
    /// The clock on the wall may be set, and nobody says so.
    private static let longestNap = Duration.seconds(30)
    /// What the store did not take is tried again after this.
    private static let pause = Duration.seconds(5)
    /// An answer's body is read, so that its connection ends in order, but not a long one.
    private static let answerLimit = 64 << 10

    private let target: NotificationTarget
    private let store: Store
    private let dialler: Dialler
    private let plan: NotificationPlan
    private let time: @Sendable () -> Timestamp
    private let changed: @Sendable () -> Void
    private let failed: @Sendable (StoreError) -> Void
    private let bell = Waiter()
    private var task: Task<Void, Never>?

    init(
        to target: NotificationTarget, from store: Store, over dialler: Dialler, plan: NotificationPlan,
        time: @escaping @Sendable () -> Timestamp, changed: @escaping @Sendable () -> Void,
        failed: @escaping @Sendable (StoreError) -> Void
    ) {
        self.target = target
        self.store = store
        self.dialler = dialler
        self.plan = plan
        self.time = time
        self.changed = changed
        self.failed = failed
    }

    func start(on loop: isolated EventLoop) {
        precondition(task == nil, "started twice")
        task = Task { await self.run(on: loop) }
    }

    func stop(on loop: isolated EventLoop) async {
        task?.cancel()
        await task?.value
        task = nil
    }

    /// There is something new.
    func ring(on loop: isolated EventLoop) { bell.signal(on: loop) }

    private func run(on loop: isolated EventLoop) async {
        while !Task.isCancelled {
            var nap = Self.longestNap
            do throws(StoreError) {
                let name = target.name
                if let next = try await store.read({ db in try NotificationTable.next(for: name, in: db) }) {
                    let wait = next.next.milliseconds - time().milliseconds
                    if wait <= 0 {
                        try await deliver(next, on: loop)
                        continue
                    }
                    nap = min(.milliseconds(wait), nap)
                }
            } catch {
                if !Task.isCancelled { failed(error) }
                nap = Self.pause
            }
            _ = await bell.wait(until: loop.clock.now + nap, on: loop)
        }
    }

    private func deliver(
        _ notification: NotificationTable.Waiting, on loop: isolated EventLoop
    ) async throws(StoreError) {
        let attempt = await attempt(notification, on: loop)
        // An attempt that was broken off by the server's own end is none.
        if Task.isCancelled, case .failed = attempt { return }
        let attempts = notification.attempts + 1
        let verdict = plan.judge(attempt, attempts: attempts, created: notification.created, now: time())
        let (id, store) = (notification.id, store)
        // The server's end may come now; what was delivered shall be known in the next life.
        try await uncancelled { () async throws(StoreError) in
            _ = try await store.write { db in
                try NotificationTable.settle(id, verdict, attempts: attempts, in: db)
            }
        }
        changed()
    }

    private func attempt(
        _ notification: NotificationTable.Waiting, on loop: isolated EventLoop
    ) async -> NotificationPlan.Attempt {
        let body = Array(notification.body.utf8)
        let headers: HTTPHeaders = [
            .contentType: "application/json", .userAgent: "Holdfast",
            "X-Holdfast-Event": notification.event, "X-Holdfast-Delivery": notification.delivery,
            "X-Holdfast-Signature-256": BodySignature.make(of: body, secret: target.secret),
        ]
        let request = ClientRequest(.post, target.url, headers: headers, body: body)
        let deadline = loop.clock.now + Self.deadline
        // A client of its own: a connection that was kept may have been closed, and a POST is not sent twice over it.
        let client = HTTPClient(dialler)
        defer { client.close(on: loop) }
        do throws(ClientError) {
            let response = try await client.send(request, until: deadline, on: loop)
            let status = Int(response.head.status.code)
            _ = try? await response.collect(upTo: Self.answerLimit, until: deadline, on: loop)
            return .answered(status)
        } catch .badAddress(let sentence) {
            return .failed(sentence, mayBeTriedAgain: false)
        } catch {
            return .failed("\(error).", mayBeTriedAgain: true)
        }
    }
}
