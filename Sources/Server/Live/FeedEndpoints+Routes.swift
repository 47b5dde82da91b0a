import Feeds
import Wire

extension FeedEndpoints {
    package var routes: [Route] {
        let builtIn = directory.all.filter(\.isBuiltIn).map(\.name)
        return builtIn.map(builtInRoute) + [
            Route(
                .get, "/api/v1/ws/feeds/{name}", "Listen to a feed", kind: .webSocket,
                access: .atLeast(.viewer),
                documentation: Self.listening
            ) { call, loop async throws(HTTPError) in try await listen(call, on: loop) },
            Route(
                .get, "/api/v1/feeds", "List the feeds", access: .atLeast(.viewer),
                documentation: Self.listing
            ) { call, loop async throws(HTTPError) in try await list(call, on: loop) },
            Route(
                .get, "/api/v1/feeds/{name}", "Read a feed", access: .atLeast(.viewer),
                documentation: Self.reading
            ) { call, loop async throws(HTTPError) in try await read(call, on: loop) },
            Route(
                .post, "/api/v1/feeds/{name}", "Publish to a feed", access: .atLeast(.viewer),
                documentation: Self.publishing
            ) { call, loop async throws(HTTPError) in try await publish(call, on: loop) },
            Route(
                .delete, "/api/v1/feeds/{name}", "Delete a feed", access: .atLeast(.viewer),
                documentation: Self.deleting
            ) { call, loop async throws(HTTPError) in try await delete(call, on: loop) },
        ]
    }

    private func builtInRoute(_ name: FeedName) -> Route {
        Route(
            .get, "/api/v1/ws/\(name)", "Listen to the feed \(name)", kind: .webSocket,
            access: .atLeast(permissions.leastReader(of: name)), documentation: Self.listening
        ) { call, loop async throws(HTTPError) in try await listen(to: name, call) }
    }

    private static let listening = document { page in
        page.text = """
            A WebSocket of JSON text messages `{"type", "seq", "ts", "data"}`: what the feed is now, and then every \
            change. A `latest` feed sends only what differs; a `recent` one sends everything, and goes on behind \
            `after`. What is no longer kept is told by a message `gap`, a number of another life of the feed by \
            `reset`. `{"type":"ping"}` is answered with `pong`. The last message, `end`, says why.
            """
        page.parameters = [after]
        page.responses = [
            (101, "The connection is a WebSocket.", nil), (400, "`after` is no number.", nil),
            (403, "The feed is not the caller's to read.", nil), (404, "There is no such feed.", nil),
        ]
    }

    private static let listing = document { page in
        page.text = "Each with the number of its newest entry, when it changed, and why its value may be old."
        page.responses = [
            (
                200, "The feeds, in the order of their names.",
                JSONSchema.text(ofList: "feeds", of: FeedMessages.Summary.self)
            )
        ]
    }

    private static let reading = document { page in
        page.text = """
            As `application/json`: the newest message of a `latest` feed, the last ones of a `recent` feed. As \
            `text/event-stream`: what the WebSocket says, as events; `Last-Event-ID` resumes.
            """
        page.parameters = [
            after,
            .init(
                "limit", "How many messages of a `recent` feed.",
                schema: #"{"type":"integer","minimum":1,"maximum":1000,"default":100}"#),
        ]
        page.responses = [
            (
                200, "The message of a `latest` feed, or those of a `recent` one.",
                JSONSchema.text(ofEither: FeedMessages.Entry.self, or: FeedMessages.Page.self)
            ),
            (204, "Nothing was said yet.", nil),
            (304, "It is what If-None-Match names.", nil),
            (400, "`after`, `limit` or Last-Event-ID is not as it should be.", nil),
            (403, "The feed is not the caller's to read.", nil),
            (404, "There is no such feed.", nil),
            (406, "Neither of the two is accepted.", nil),
        ]
        page.responseTypes = [(200, "text/event-stream")]
    }

    private static let publishing = document { page in
        page.text = """
            The body is any JSON value; as `text/plain` it is a string, published as one. The first publisher \
            chooses what the feed keeps, and for how long. Who may publish is operators, or what `feeds.permissions` \
            says of the name. With `If-Match: "SEQ"` it is published only where that is the number of the \
            feed's newest entry; with `If-None-Match: *` only where the feed is not there yet.
            """
        page.parameters = [
            .init(
                "window", "What the feed keeps: the newest value, or the last messages.",
                schema: #"{"type":"string","enum":["latest","recent"],"default":"latest"}"#),
            .init("type", "What `type` says in its messages; by default the name and `_update`."),
            .init(
                "keep", "Whether what it says outlives a restart; by default as feeds.permissions says.",
                schema: #"{"type":"boolean"}"#),
            .init(
                "ttl",
                "It ends when nobody has published to it for so long: `60s`, `1h30m`; by default never."),
        ]
        page.requestSchema = "{}"
        page.requestTypes = ["text/plain"]
        page.responses = [
            (
                200, "It was said, or is what the feed says already.",
                JSONSchema.text(of: FeedMessages.Published.self)
            ),
            (400, "The body is no JSON, the name is none, or the type is the connection's own.", nil),
            (403, "The feed is not the caller's to publish to.", nil),
            (409, "The feed keeps something else, or for another time, or is of another type.", nil),
            (412, "The feed has come to another number.", nil),
            (413, "It is larger than the feed keeps.", nil),
            (415, "The body is compressed, or text that is not UTF-8.", nil),
            (429, "There are as many feeds as there may be.", nil),
        ]
    }

    private static let deleting = document { page in
        page.text = "Its readers are told, and their connections end."
        page.responses = [
            (204, "It is gone.", nil), (400, "The name is none of a feed.", nil),
            (403, "The feed is not the caller's to delete.", nil),
            (404, "There is no such feed.", nil),
        ]
    }

    /// How a body that must be a JSON object is refused, whatever it is about.
    static let refusedBodies: [(status: UInt16, text: String, schema: String?)] = [
        (400, "The body is no JSON.", nil), (413, "The body is too long.", nil),
        (415, "The body is not said to be JSON.", nil),
        (422, "A field is not as it should be; the sentence names it.", nil),
    ]

    static let after = Documentation.Parameter(
        "after", "The last `seq` that is known: go on behind it. 0: all that is kept.",
        schema: #"{"type":"integer","minimum":0}"#)

    static func document(_ write: (inout Documentation) -> Void) -> Documentation {
        var page = Documentation()
        write(&page)
        return page
    }
}
