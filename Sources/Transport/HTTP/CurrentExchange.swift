import Loop
import Wire

/// The request that a connection is busy with.
final class CurrentExchange {
    let head: HTTPRequestHead
    let id: RequestID
    let body: RequestBody
    let receivedAt: Instant
    var task: Task<Void, Never>?
    var status: HTTPStatus = .internalServerError
    var source: (any ResponseSource)?
    var writer: HTTPBodyWriter?
    var keepsAlive = false
    var bytesOut = 0
    var saidContinue = false

    init(head: HTTPRequestHead, id: RequestID, body: RequestBody, receivedAt: Instant) {
        self.head = head
        self.id = id
        self.body = body
        self.receivedAt = receivedAt
    }

    var wantsBody: Bool { !body.isComplete && !body.isFull }
}
