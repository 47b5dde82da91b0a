import Loop
import Sessions
import Store
import TestKit
import Testing
import Transport
import Wire

@testable import Server

@Suite struct MetricsTests {
    private func text(_ body: (inout Metrics) -> Void) -> String {
        var metrics = Metrics()
        body(&metrics)
        return String(decoding: metrics.text, as: UTF8.self)
    }

    @Test func aCounterHasItsHelpItsTypeAndItsValue() {
        #expect(
            text { $0.counter("things_total", "Things.\nMany.", 7) }
                == "# HELP holdfast_things_total Things.\\nMany.\n# TYPE holdfast_things_total counter\n"
                + "holdfast_things_total 7\n")
    }

    @Test func labelsAreEscaped() {
        #expect(
            text { $0.gauge("x", "X.", [([("a", "1\"\\\n"), ("b", "é")], 0.5)]) }
                .hasSuffix("holdfast_x{a=\"1\\\"\\\\\\n\",b=\"é\"} 0.5\n"))
    }

    @Test func aHistogramsBucketsAddUp() {
        var histogram = Histogram(bounds: [0.001, 0.01])
        for span in [1, 1, 5, 500] { histogram.add(.milliseconds(span)) }
        let text = text { $0.histogram("t_seconds", "T.", [(labels: [("l", "a")], figures: histogram)]) }
        #expect(text.contains("holdfast_t_seconds_bucket{l=\"a\",le=\"0.001\"} 2\n"))
        #expect(text.contains("holdfast_t_seconds_bucket{l=\"a\",le=\"0.01\"} 3\n"))
        #expect(text.contains("holdfast_t_seconds_bucket{l=\"a\",le=\"+Inf\"} 4\n"))
        #expect(text.contains("holdfast_t_seconds_sum{l=\"a\"} 0.507\n"))
        #expect(text.contains("holdfast_t_seconds_count{l=\"a\"} 4\n"))
    }

    @Test func nobodyCanMakeTheListOfRequestsLonger() {
        let figures = RequestFigures()
        for number in 0..<100 {
            figures.count(
                HTTPMethod("M\(number)"), route: nil, status: .notFound, bytes: 1, took: .milliseconds(1))
        }
        figures.count(.get, route: "/a/{b}", status: .ok, bytes: 10, took: .milliseconds(1))
        figures.count(nil, route: nil, status: .badRequest, bytes: 1, took: .zero)
        let text = text { figures.collect(into: &$0) }
        #expect(text.contains(#"http_requests_total{method="other",route="unmatched",status="404"} 100"#))
        #expect(text.contains(#"http_requests_total{method="GET",route="/a/{b}",status="200"} 1"#))
        #expect(text.contains(#"http_requests_total{method="none",route="unmatched",status="400"} 1"#))
        #expect(text.split(separator: "\n").count { $0.contains("requests_total{") } == 3)
    }

    @Test func theProcessSaysHowItStands() {
        let before = ProcessFigures.read()
        #expect(before.residentBytes > 1 << 20)
        #expect(before.openDescriptors >= 3)
        #expect(before.threads >= 1)
        #expect(before.cpuSeconds > 0)
    }

    @Test func aScrapeHasTheFiguresOfEveryRoomAndEachNameOnce() async throws {
        let group = try LoopGroup(count: 2)
        let offload = try Offload(name: "test", threads: 1, capacity: 16)
        let sessions = Sessions(loops: group.loops, audit: NoTrail()) { _ in }
        let log = try LogWriter(descriptor: 2, format: .text)
        let folder = try TemporaryFolder()
        let store = try Store(folder: folder.path, migrations: [])
        let sources = [
            MetricsSources.traffic(Traffic()), MetricsSources.loops(group.loops),
            MetricsSources.sessions(sessions, on: LoopHealth(group.loops)), MetricsSources.log(log),
            MetricsSources.children(try Nursery.shared()), MetricsSources.requests(RequestJournal(log: log)),
            MetricsSources.process(BuildInfo(version: "1"), startedAt: .now, offload: offload),
            MetricsSources.audit { (1, 3) }, MetricsSources.store(store),
        ]
        let text = try await scrape(sources, on: group.loops[0])
        let names = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
            .map { $0.split(separator: " ")[2] }
        #expect(Set(names).count == names.count)
        for name in [
            "connections", "sessions", "loop_turn_duration_seconds", "process_open_descriptors", "zombies",
        ] {
            #expect(names.contains("holdfast_\(name)"), "\(name) is missing")
        }
        #expect(text.contains("holdfast_audit_entries_waiting 1\n"))
        #expect(text.contains("holdfast_audit_entries_dropped_total 3\n"))
        #expect(text.contains(#"holdfast_loop_turn_duration_seconds_bucket{loop="loop-1",le="+Inf"}"#))
        log.stop()
        await store.close()
        offload.stop()
        await group.stop()
    }

    private func scrape(_ sources: [Route.MetricsSource], on loop: isolated EventLoop) async throws -> String
    {
        let request = try request(.get, "/metrics", on: loop)
        return try await Route.metrics(from: sources).handler(call(request), loop).text
    }
}
