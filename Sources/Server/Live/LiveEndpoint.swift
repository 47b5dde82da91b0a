import Loop
import Wire

/// `/api/v1/ws`: everything live over one WebSocket.
package struct LiveEndpoint: Sendable {
    private let sources: [any LiveSource]
    private let mostChannels: Int

    /// - Parameter sources: asked in this order what is at a path.
    package init(_ sources: [any LiveSource], mostChannels: Int = 256) {
        self.sources = sources
        self.mostChannels = mostChannels
    }

    package var routes: [Route] {
        var page = Documentation()
        page.text = """
            One WebSocket for many live endpoints. Text messages: `{"op":"open","channel":7,"path":"/feeds/x",\
            "after":0}`, `{"op":"close","channel":7}`, `{"op":"send","channel":7,"data":…}`. Every message of a channel \
            begins with `"channel"`; its last is `closed`, with the code and the reason that its own WebSocket would \
            have ended with. What cannot be done is answered with `error`. `open` with `window` (`latest` or `recent`) \
            begins a feed that is not there.
            """
        page.responses = [(101, "The connection is a WebSocket.", nil)]
        return [
            Route(
                .get, "/api/v1/ws", "Everything live over one WebSocket", kind: .webSocket,
                access: .atLeast(.viewer), documentation: page
            ) { call, loop throws(HTTPError) in
                try call.upgrade(
                    to: LiveSocket(
                        sources, caller: call.caller, asker: call.asker, session: call.session,
                        mostChannels: mostChannels))
            }
        ]
    }
}
