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
    /// The refusal that passes by itself where there was a connection before: a feed that is not there any more comes
    /// back with its publisher.
    var passing: HTTPStatus? = .notFound
    /// Whether SIGINT and SIGTERM end it; else its owner hears them, and calls `wake`.
    var hearsSignals = true

    /// Asks the server, wherever it is now, for what `query` says.
    func request(_ query: QueryText, headers: HTTPHeaders) throws(Failure) -> WebSocketRequest {
        let place = try search.place()
        let url = try place.liveURL(path.text + query.text)
        return WebSocketRequest(url, headers: headers, at: place.address)
    }
}
