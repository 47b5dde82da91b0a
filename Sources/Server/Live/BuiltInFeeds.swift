import Configuration
package import Feeds
package import Loop
package import Sessions
import Wire

/// The feeds of the server's own that need nothing but the server: its routes, the state of the machine, and what is
/// written to the audit trail.
package struct BuiltInFeeds: Sendable {
    private let routes: Feed
    private let systemStatus: Feed
    package let audit: Feed

    /// Their routes are among those of `FeedEndpoints` when they are made first.
    package init(in directory: FeedDirectory, on home: EventLoop) {
        routes = directory.makeBuiltIn(Self.name("routes"), on: home)
        systemStatus = directory.makeBuiltIn(Self.name("system-status"), on: home)
        audit = directory.makeBuiltIn(Self.name("audit"), window: .recent, on: home)
    }

    private static func name(_ text: StaticString) -> FeedName {
        guard let name = FeedName("\(text)") else { preconditionFailure("\(text) is no name") }
        return name
    }

    /// Says which routes there are; they stay as they are until the server ends.
    package func publish(_ routes: [Route]) async {
        var text = Array(#"{"routes":["#.utf8)
        for (index, route) in routes.enumerated() {
            if index > 0 { text.append(ASCII.comma) }
            text += #"{"method":"\#(route.method)","path":"#.utf8
            JSONText.quote(route.path, to: &text)
            text += #","summary":"#.utf8
            JSONText.quote(route.summary, to: &text)
            text.append(UInt8(ascii: "}"))
        }
        text += "]}".utf8
        // Refused only when the feeds have ended, and with them whoever would read it.
        _ = try? await self.routes.publish(minified: text)
    }

    /// Watches until the sessions of watchers are ended.
    package func watch(
        _ watch: SystemWatch, every interval: Duration, in pool: Offload, of sessions: Sessions
    ) async {
        await watch.start(systemStatus, every: interval, in: pool, of: sessions)
    }
}
