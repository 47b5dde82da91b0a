package import Loop
import Transport
import Wire

extension Route {
    /// What adds a room's figures to a scrape, on the loop of whoever asks.
    package typealias MetricsSource = @Sendable (inout Metrics, isolated EventLoop) async -> Void

    /// All figures, gathered when they are asked for.
    package static func metrics(
        access: Access = .atLeast(.viewer), from sources: [MetricsSource]
    ) -> Route {
        var documentation = Documentation()
        documentation.text = "Every figure the server keeps, in the text format that Prometheus scrapes."
        documentation.responses = [(200, "The figures.", nil)]
        documentation.responseTypes = [(200, "text/plain")]
        return Route(
            .get, "/metrics", "The server's figures, for Prometheus", access: access,
            documentation: documentation
        ) { _, loop in
            var metrics = Metrics()
            for source in sources { await source(&metrics, loop) }
            return Response(
                .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .bytes(metrics.text))
        }
    }
}
