import Feeds
import Loop
import Transport
import Wire

/// What a feed is now, for those who ask, and what it becomes, for those who take events.
extension FeedEndpoints {
    func read(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let feed = try feed(call.feedName())
        let accept = HTTPAccept(call.request.head.headers)
        switch accept.preferred(among: ["application/json", "text/event-stream"]) {
        case "application/json"?: return try await value(of: feed, call)
        case "text/event-stream"?: return try stream(feed, call, on: loop)
        default:
            throw HTTPError(
                .notAcceptable,
                "A feed can be had as application/json or text/event-stream; accept one of them.")
        }
    }

    private func stream(_ feed: Feed, _ call: Call, on loop: isolated EventLoop) throws(HTTPError) -> Response
    {
        let headers: HTTPHeaders = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .vary: "Accept",
            "X-Accel-Buffering": "no",
            // The session of the connection ends with the stream.
            .connection: "close",
        ]
        guard call.request.head.method != .head else { return Response(.ok, headers: headers) }
        // A browser that comes back says what it had last; that is newer than the address it was opened with.
        let resumed = call.request.head.headers[.lastEventID].flatMap { UInt64($0) }
        let asked = try call.number("after")
        let ticket = LiveTicket(feed, try call.session, owner: call.caller.owner, after: resumed ?? asked)
        let reader = SSEReader(ticket, peer: call.request.peer.host, at: loop.now)
        return Response(.ok, headers: headers, body: .stream(reader))
    }

    // MARK: The value

    private static let mostEntries = 1000

    private func value(of feed: Feed, _ call: Call) async throws(HTTPError) -> Response {
        let limit = try call.number("limit") ?? (feed.window == .latest ? 1 : 100)
        guard (1...UInt64(Self.mostEntries)).contains(limit) else {
            throw HTTPError(.badRequest, "`limit` is a number from 1 to \(Self.mostEntries).")
        }
        let after = feed.window == .latest ? nil : try call.number("after")
        let glimpse = await feed.glimpse(after: after, limit: Int(limit))
        let tag = HTTPEntityTag("\(glimpse.version)")
        var headers: HTTPHeaders = [.etag: tag.description, .cacheControl: "no-cache", .vary: "Accept"]
        if let stale = glimpse.stale { headers.append("X-Feed-Stale", Self.headerText(stale)) }
        switch HTTPPreconditions(of: call.request.head, entityTag: tag, lastModified: nil) {
        case .notModified: return Response(.notModified, headers: headers)
        case .failed: throw HTTPError(FeedError.changed(glimpse.version))
        case .proceed: break
        }
        if feed.window == .recent { return .json(Self.text(of: feed, glimpse), headers: headers) }
        guard let message = glimpse.messages.last else { return Response(.noContent, headers: headers) }
        return .json(message, headers: headers)
    }

    /// `{"feed":"x","version":"…","missing":{"from":1,"to":3},"messages":[…]}`
    private static func text(of feed: Feed, _ glimpse: FeedGlimpse) -> [UInt8] {
        var text = Array(#"{"feed":"\#(feed.name)","version":"\#(glimpse.version)","#.utf8)
        if let missing = glimpse.missing {
            text += #""missing":{"from":\#(missing.lowerBound),"to":\#(missing.upperBound)},"#.utf8
        }
        text += #""messages":["#.utf8
        text += glimpse.messages.joined(separator: CollectionOfOne(ASCII.comma))
        text += "]}".utf8
        return text
    }

    /// What a header can carry of a reason.
    private static func headerText(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    // MARK: The list

    func list(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        var text = Array(#"{"feeds":["#.utf8)
        for (index, feed) in directory.all.enumerated() {
            if index > 0 { text.append(ASCII.comma) }
            Self.append(await feed.summary(), to: &text)
        }
        text += "]}".utf8
        return .json(text, headers: [.cacheControl: "no-cache"])
    }

    private static func append(_ summary: FeedSummary, to text: inout [UInt8]) {
        text += #"{"name":"\#(summary.name)","type":"#.utf8
        JSONText.quote(summary.type, to: &text)
        text += #","window":"\#(summary.window.rawValue)","seq":\#(summary.version.seq)"#.utf8
        text += #","version":"\#(summary.version)","built_in":\#(summary.isBuiltIn),"changed_at":"#.utf8
        text +=
            summary.changed.map { Array("\"".utf8) + LiveMessage.time($0) + Array("\"".utf8) }
            ?? Array("null".utf8)
        text += #","stale":"#.utf8
        if let stale = summary.stale { JSONText.quote(stale, to: &text) } else { text += "null".utf8 }
        text.append(UInt8(ascii: "}"))
    }
}
