import Loop
package import Wire
import Synchronization

/// How many requests each route answered, with which status and how fast.
///
/// Labelled by the route's pattern and not by the address, and by methods that have a name, so that nobody can
/// make the list longer by asking for something new.
package final class RequestFigures: Sendable {
    /// Where no route was found, or no request could be read.
    static let unmatched = "unmatched"

    private struct Route: Hashable {
        let method: String
        let pattern: String
    }

    private struct Answers {
        var byStatus: [UInt16: Int] = [:]
        var bytes = 0
        var latency = Histogram(bounds: Histogram.latencyBounds)
    }

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private let answers = Mutex<[Route: Answers]>([:])

    package init() {}

    /// Counts one answer. A WebSocket counts with the time its handshake took.
    package func count(
        _ method: HTTPMethod?, route: String?, status: HTTPStatus, bytes: Int, took: Duration
    ) {
        let name = method.map { Self.methods.contains($0.name) ? $0.name : "other" } ?? "none"
        let route = Route(method: name, pattern: route ?? Self.unmatched)
        answers.withLock { answers in
            answers[route, default: Answers()].byStatus[status.code, default: 0] += 1
            answers[route]!.bytes += bytes
            answers[route]!.latency.add(took)
        }
    }

    package func collect(into metrics: inout Metrics) {
        let all = answers.withLock { $0 }.sorted {
            ($0.key.pattern, $0.key.method) < ($1.key.pattern, $1.key.method)
        }
        func labels(_ route: Route) -> [(String, String)] {
            [("method", route.method), ("route", route.pattern)]
        }
        metrics.counter(
            "http_requests_total", "Requests answered, by route and status.",
            all.flatMap { route, answers in
                answers.byStatus.sorted { $0.key < $1.key }.map {
                    (labels(route) + [("status", String($0.key))], Double($0.value))
                }
            })
        metrics.counter(
            "http_response_body_bytes_total", "Bytes of bodies that were answered with.",
            all.map { (labels($0.key), Double($0.value.bytes)) })
        metrics.histogram(
            "http_request_duration_seconds", "From a request's head to the end of its answer.",
            all.map { (labels: labels($0.key), figures: $0.value.latency) })
    }
}
