package import Feeds
import Loop
import Sessions
import Transport
import Wire

/// The feeds over HTTP and WebSocket: listening, reading, publishing, deleting.
package struct FeedEndpoints: Sendable {
    let directory: FeedDirectory
    let permissions: FeedPermissions
    let mostBody: Int

    /// - Parameter mostBody: the size of what one request may publish, in bytes.
    package init(
        _ directory: FeedDirectory, permissions: FeedPermissions = FeedPermissions(), mostBody: Int = 1 << 20
    ) {
        self.directory = directory
        self.permissions = permissions
        self.mostBody = mostBody
    }

    /// The feeds as channels of the multiplexed socket.
    package var source: any LiveSource { FeedSource(directory: directory, permissions: permissions) }

    // MARK: Listening

    func listen(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        try await listen(to: call.feedName(), call)
    }

    /// A feed of the server's own has an address of its own.
    func listen(to name: FeedName, _ call: Call) async throws(HTTPError) -> Response {
        try permissions.checkMayRead(name, call.caller)
        let feed = try feed(name)
        let asked = try call.seq("after")
        let chosen = asked == nil ? await place(in: feed) : nil
        var response = try call.listen(to: feed.log, after: asked ?? chosen)
        if let chosen { response.head.headers.append("X-Feed-Seq", "\(chosen)") }
        return response
    }

    /// Behind which entry a reader begins that names none: the newest of a `recent` feed. It is told the number, so
    /// that it can resume before it has heard anything.
    func place(in feed: Feed) async -> UInt64? { feed.window == .recent ? await feed.head() : nil }

    func feed(_ name: FeedName) throws(HTTPError) -> Feed {
        guard let feed = directory.feed(name) else { throw HTTPError(FeedError.unknown(name)) }
        return feed
    }

    // MARK: Publishing

    func publish(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let name = try call.feedName()
        try permissions.checkMayPublish(name, call.caller)
        let (wish, type) = (try FeedWish(call), try BodyType(call.request.head.headers))
        var data = try await call.request.body.collect(upTo: mostBody, on: loop)
        if type.isText { try Self.quote(&data) }
        do throws(FeedError) {
            let receipt = try await directory.publish(
                data, to: name, window: wish.window, type: wish.type, keep: wish.keep,
                usuallyKept: permissions.keeps(name), lifetime: wish.lifetime, if: call.condition(), on: loop)
            // As `FeedMessages.Published` has it; by hand, as publishers may come by the thousand.
            return .json(bytes: Array(#"{"seq":\#(receipt.seq)}"#.utf8))
        } catch {
            throw HTTPError(error)
        }
    }

    /// Plain text is published as the JSON string that it is.
    private static func quote(_ data: inout [UInt8]) throws(HTTPError) {
        guard let text = String(validating: data, as: UTF8.self) else {
            throw HTTPError(.badRequest, "The body is text/plain and no valid UTF-8; send UTF-8, or JSON.")
        }
        data.removeAll(keepingCapacity: true)
        JSONText.quote(text, to: &data)
    }

    func delete(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let name = try call.feedName()
        try permissions.checkMayPublish(name, call.caller)
        do throws(FeedError) {
            try await directory.delete(name, if: call.condition())
        } catch {
            throw HTTPError(error)
        }
        return Response(.noContent)
    }
}
