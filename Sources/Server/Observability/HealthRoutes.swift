package import Loop
import Transport
import Wire

/// `/healthz` and `/readyz`, for whoever starts, restarts and sends work to servers.
package struct HealthRoutes: Sendable {
    /// What keeps the server from taking work: nil when nothing does.
    package typealias Check = @Sendable (isolated EventLoop) async -> String?

    private struct Report: Encodable {
        let status: String
        let reasons: [String]
    }

    private let loops: LoopHealth
    private let checks: [Check]

    /// - Parameter checks: asked one after the other for `/readyz`; each has a deadline of its own.
    package init(loops: LoopHealth, checks: [Check]) {
        self.loops = loops
        self.checks = checks
    }

    package var routes: [Route] { [live, ready] }

    private var live: Route {
        Route(
            .get, "/healthz", "Whether the server is alive", access: .anyone,
            documentation: Self.documentation(
                "503 means that the server is stuck, and that starting it anew is what helps.")
        ) { [loops] _, _ throws(HTTPError) in
            try Self.answer(loops.troubles())
        }
    }

    private var ready: Route {
        Route(
            .get, "/readyz", "Whether the server takes work", access: .anyone,
            documentation: Self.documentation(
                "503, with the reasons, while it shuts down, cannot store anything or is stuck.")
        ) { [loops, checks] _, loop throws(HTTPError) in
            var reasons = loops.troubles()
            for check in checks {
                if let reason = await check(loop) { reasons.append(reason) }
            }
            return try Self.answer(reasons)
        }
    }

    private static func answer(_ reasons: [String]) throws(HTTPError) -> Response {
        let isWell = reasons.isEmpty
        return try .json(
            Report(status: isWell ? "ok" : "unavailable", reasons: reasons),
            status: isWell ? .ok : .serviceUnavailable, headers: [.cacheControl: "no-store"])
    }

    private static func documentation(_ text: String) -> Documentation {
        let schema = """
            {"type":"object","required":["status","reasons"],"properties":{\
            "status":{"enum":["ok","unavailable"]},"reasons":{"type":"array","items":{"type":"string"}}}}
            """
        var documentation = Documentation()
        documentation.text = text
        documentation.responses = [(200, "It does.", schema), (503, "It does not, and why.", schema)]
        return documentation
    }
}
