import Feeds
import Loop
import Sessions
import Transport
import Wire

extension Call {
    /// A whole number of the query; nil where it is not given.
    func number(_ name: String) throws(HTTPError) -> UInt64? {
        guard let text = queried(name) else { return nil }
        guard let number = UInt64(text) else {
            throw HTTPError(.badRequest, "`\(name)` must be a whole number; it is \"\(text)\".")
        }
        return number
    }

    /// The number of an entry in the query; nil where it is not given.
    func seq(_ name: String) throws(HTTPError) -> UInt64? {
        guard let text = queried(name) else { return nil }
        return try Self.seq(text, named: "`\(name)`")
    }

    /// The number of the last event that an `EventSource` had, when it comes back.
    func lastEvent() throws(HTTPError) -> UInt64? {
        guard let text = request.head.headers[.lastEventID], !text.isEmpty else { return nil }
        return try Self.seq(text, named: "Last-Event-ID")
    }

    private static func seq(_ text: String, named name: String) throws(HTTPError) -> UInt64 {
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isNumber, let seq = UInt64(text) else {
            throw HTTPError(
                .badRequest,
                "\(name) must be the `seq` of the last message that you have, or 0 for all that is kept; it is \"\(text)\"."
            )
        }
        return seq
    }

    /// The first value of that name in the query.
    func queried(_ name: String) -> String? {
        guard request.head.target.query != nil else { return nil }
        return request.head.target.parameters[name]
    }

    /// The feed name in the path.
    func feedName() throws(HTTPError) -> FeedName {
        let text = parameters["name"] ?? ""
        guard let name = FeedName(text) else { throw HTTPError(FeedError.badName(text)) }
        return name
    }

    func condition() -> FeedCondition {
        let headers = request.head.headers
        switch HTTPEntityTagList(headers, .ifMatch) {
        case .any?: return .exists
        case .tags(let tags)?:
            return .oneOf(tags.filter { !$0.isWeak }.compactMap { UInt64($0.forIdentity.opaque) })
        case nil: return HTTPEntityTagList(headers, .ifNoneMatch) == .any ? .absent : .none
        }
    }

    /// The session of the connection that it came over.
    var session: Session {
        get throws(HTTPError) {
            guard let session = request.session else {
                throw HTTPError(.upgradeRequired, "This needs a connection of its own.")
            }
            return session
        }
    }

    /// A WebSocket that reads a log and does nothing else.
    func listen(to log: SharedLog, after seq: UInt64?) throws(HTTPError) -> Response {
        let ticket = LiveTicket(log, try session, owner: caller.owner, asker: asker, after: seq)
        return try upgrade(to: LiveReader(ticket))
    }

    /// A stream of events that reads a log.
    ///
    /// - Parameter start: behind which entry, where the asker names none.
    func stream(
        _ log: SharedLog, from start: () async -> UInt64? = { nil }, on loop: isolated EventLoop
    ) async throws(HTTPError) -> Response {
        let headers: HTTPHeaders = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .vary: "Accept",
            "X-Accel-Buffering": "no",
            // The session of the connection ends with the stream.
            .connection: "close",
        ]
        // A browser that comes back says what it had last; that is newer than the address it was opened with.
        let (resumed, asked) = (try lastEvent(), try seq("after"))
        guard request.head.method != .head else { return Response(.ok, headers: headers) }
        var after = resumed ?? asked
        if after == nil { after = await start() }
        let ticket = LiveTicket(log, try session, owner: caller.owner, asker: asker, after: after)
        return Response(.ok, headers: headers, body: .stream(SSEReader(ticket, at: loop.now)))
    }

    func upgrade(
        to handler: any WebSocketHandler, limits: WebSocketLimits? = nil
    ) throws(HTTPError) -> Response {
        .webSocket(
            try WebSocketUpgrade(
                request.head, subprotocol: request.head.subprotocol, limits: limits, handler: handler))
    }
}

extension HTTPRequestHead {
    /// The subprotocol to agree to: a browser that offers some and gets none fails. `bearer` comes with a token
    /// behind it, which must not be repeated.
    var subprotocol: String? {
        let fields = headers.values(of: .secWebSocketProtocol)
        let offers = WebSocketHandshake.subprotocols(fields.joined(separator: ",")) ?? []
        return offers.first { $0 == "bearer" } ?? offers.first
    }
}
