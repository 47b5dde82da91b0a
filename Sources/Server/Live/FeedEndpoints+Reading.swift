import Feeds
import Loop
import Transport
import Wire

/// What a feed is now, for those who ask, and what it becomes, for those who take events.
extension FeedEndpoints {
    func read(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let name = try call.feedName()
        try permissions.checkMayRead(name, call.caller)
        let feed = try feed(name)
        let accept = HTTPAccept(call.request.head.headers)
        switch accept.preferred(among: ["application/json", "text/event-stream"]) {
        case "application/json"?: return try await value(of: feed, call)
        case "text/event-stream"?:
            return try await call.stream(feed.log, from: { await place(in: feed) }, on: loop)
        default:
            throw HTTPError(
                .notAcceptable,
                "A feed can be had as application/json or text/event-stream; accept one of them.")
        }
    }

    // MARK: The value

    private static let mostEntries = 1000

    private func value(of feed: Feed, _ call: Call) async throws(HTTPError) -> Response {
        let limit = try call.number("limit") ?? (feed.window == .latest ? 1 : 100)
        guard (1...UInt64(Self.mostEntries)).contains(limit) else {
            throw HTTPError(.badRequest, "`limit` is a number from 1 to \(Self.mostEntries).")
        }
        let after = try call.seq("after")
        let glimpse = await feed.glimpse(after: feed.window == .latest ? nil : after, limit: Int(limit))
        return try Self.answer(to: call, with: glimpse) { glimpse in
            feed.window == .recent
                ? FeedMessages.Page.bytes(of: feed, glimpse) : glimpse.messages.last
        }
    }

    /// Answers by the number of the newest entry, which is what conditions name.
    ///
    /// - Parameter make: the answer's body; nil while nothing was said.
    static func answer(
        to call: Call, with glimpse: FeedGlimpse, _ make: (FeedGlimpse) -> [UInt8]?
    ) throws(HTTPError) -> Response {
        let tag = HTTPEntityTag("\(glimpse.seq)")
        let known = tag.known(to: call.request.head)
        var headers: HTTPHeaders = [.cacheControl: "no-cache", .vary: "Accept"]
        if let stale = glimpse.stale { headers.append("X-Feed-Stale", headerText(stale)) }
        switch HTTPPreconditions(of: call.request.head, entityTag: known, lastModified: nil) {
        case .notModified:
            headers.append(.etag, known.description)
            return Response(.notModified, headers: headers)
        case .failed: throw HTTPError(FeedError.changed(glimpse.seq))
        case .proceed: headers.append(.etag, tag.description)
        }
        guard let bytes = make(glimpse) else { return Response(.noContent, headers: headers) }
        return .json(bytes: bytes, headers: headers)
    }

    /// What a header can carry of a reason.
    private static func headerText(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    // MARK: The list

    func list(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        var summaries: [FeedMessages.Summary] = []
        for feed in directory.all where permissions.mayRead(feed.name, call.caller) {
            summaries.append(FeedMessages.Summary(await feed.summary()))
        }
        return try await .list("feeds", summaries, headers: [.cacheControl: "no-cache"], on: loop)
    }
}
