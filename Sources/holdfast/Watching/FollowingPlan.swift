import Transport
import Wire

/// What is to be followed, and until when.
struct FollowingPlan: Sendable {
    let search: ServerSearch
    let path: LivePath
    /// The last `seq` that is known.
    var after: UInt64?
    /// How many messages are wanted; nil for all.
    var count: Int?
    /// How long to go on trying without a connection; nil for what is usual.
    var patience: Duration?
    /// Whether what was there and is not any more may come back: a feed does, with its publisher.
    var mayReturn = true
    /// Whether SIGINT and SIGTERM end it; else its owner hears them, and calls `wake`.
    var hearsSignals = true

    /// Asks the server, wherever it is now, for the messages behind `seq`.
    func request(after seq: UInt64?, headers: HTTPHeaders) throws(Failure) -> WebSocketRequest {
        let place = try search.place()
        let url = try place.liveURL(path.text + (seq.map { "?after=\($0)" } ?? ""))
        return WebSocketRequest(url, headers: headers, at: place.address)
    }
}
