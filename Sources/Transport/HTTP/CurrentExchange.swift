import Loop
import Wire

/// The request that a connection is busy with.
final class CurrentExchange {
    let request: Request
    /// Whether its handler's task has begun.
    var isBegun = false
    var task: Task<Void, Never>?
    /// There from the head of the answer on.
    var status: HTTPStatus?
    var source: (any ResponseSource)?
    /// There from the head of the answer to its end.
    var writer: HTTPBodyWriter?
    var keepsAlive = false
    var bytesOut = 0
    var saidContinue = false

    /// Since when the peer is waited for, and how much had come by then: while the handler did not take what
    /// was there, it was not the peer's turn.
    private(set) var bodyAwaitedFrom: Instant
    private(set) var receivedBefore = 0
    var isBodyHeld = false

    init(_ request: Request) {
        self.request = request
        bodyAwaitedFrom = request.receivedAt
    }

    func awaitBody(from now: Instant) {
        guard isBodyHeld else { return }
        isBodyHeld = false
        bodyAwaitedFrom = now
        receivedBefore = body.received
    }

    var head: HTTPRequestHead { request.head }
    var body: RequestBody { request.body }
    var id: RequestID { request.id }

    var wantsBody: Bool { !body.isComplete && !body.isFull }
}
