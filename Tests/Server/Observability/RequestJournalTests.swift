import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@testable import Server

/// What becomes of requests in the log, over real sockets.
@Suite struct RequestJournalTests {
    private struct Service: RequestHandler {
        let journal: RequestJournal
        let router: Router

        func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
            journal.began(request, on: loop)
            let match = router.match(request.head)
            guard case .found(let route, let parameters) = match else { return match.answer(to: request)! }
            journal.found(request, route: route, account: "anna", on: loop)
            do throws(HTTPError) {
                return try await route.handler(
                    Call(request: request, parameters: parameters, caller: .nobody), loop)
            } catch {
                journal.refused(request, error)
                return .refusal(error, of: request)
            }
        }

        func finished(_ exchange: Exchange, on loop: isolated EventLoop) {
            journal.finished(exchange, on: loop)
        }
    }

    /// What a client asked for, and by which ids it was answered.
    private struct Asked {
        var id = ""
        var brokenID = ""

        init() {}

        init(port: UInt16) throws {
            let client = try RawClient(port: port)
            id = try client.request("GET /items/7?ticket=s3cret&x=1").headers["x-request-id"] ?? ""
            #expect(try client.request("GET /nowhere").status == 404)
            let broken = try client.request("GET /broken")
            #expect(broken.status == 500)
            #expect(!broken.body.contains("flux"))
            brokenID = broken.headers["x-request-id"] ?? ""
            let leaver = try RawClient(port: port)
            try leaver.send("POST /body", headers: "Content-Length: 9\r\nExpect: 100-continue\r\n")
            // It is being handled.
            #expect(try leaver.head().status == 100)
            leaver.reset()
            try client.send(Array("nonsense\r\n\r\n".utf8))
            #expect(try client.answer().status == 400)
        }
    }

    @Test func eachRequestHasOneLineAndNoSecret() async throws {
        let folder = try TemporaryFolder()
        let file = unsafe open(folder.file("log"), O_CREAT | O_WRONLY, 0o644)
        let log = try LogWriter(descriptor: file, format: .json)
        let journal = RequestJournal(log: log)
        let router = try Router([
            Route(.post, "/body", "", access: .anyone) { call, loop async throws(HTTPError) in
                Response(.ok, body: .bytes(try await call.request.body.collect(upTo: 9, on: loop)))
            },
            Route(.get, "/items/{id}", "", access: .anyone) { _, _ in Response(.ok, body: .bytes([1, 2, 3]))
            },
            Route(.get, "/broken", "", access: .anyone) { _, _ throws(HTTPError) in
                throw .internalError(SystemError("flux", code: EIO))
            },
        ])
        let group = try LoopGroup(count: 1)
        let policy = TransportPolicy()
        let listener = Listener(
            Service(journal: journal, router: router), policy: policy,
            admission: Admission(traffic: policy.traffic), loops: group.loops)
        let port = try await listener.start(on: #require(SocketAddress(parsing: "127.0.0.1:0"))).port
        let asked: Asked
        do {
            asked = try await Task(executorPreference: BlockingExecutor()) { try Asked(port: port) }.value
        } catch {
            Issue.record(error)
            asked = Asked()
        }
        await listener.stopAccepting()
        await listener.drain(until: SystemClock().now + .seconds(5))
        log.stop()
        let lines = try contents(folder.file("log")).split(separator: "\n")
        #expect(lines.count == 6)
        for part in [
            #""id":"\#(asked.id)","method":"GET","path":"/items/7?ticket=***&x=1","status":200,"bytes":3,"ms":"#,
            #""peer":"127.0.0.1","account":"anna"}"#,
        ] { #expect(lines.first?.contains(part) == true, "\(lines.first ?? "")") }
        let cause = lines.first { $0.contains("flux") } ?? ""
        #expect(cause.contains(#""level":"error","msg":"a request failed""#))
        #expect(cause.contains(#""id":"\#(asked.brokenID)""#))
        let left = lines.first { $0.contains("/body") } ?? ""
        #expect(left.contains(#""status":499,"bytes":0"#) && left.contains(#""end":"The peer"#), "\(left)")
        let nonsense = lines.first { $0.contains(#""status":400"#) }
        #expect(nonsense?.contains(#""refusal":"#) == true)
        #expect(!lines.contains { $0.contains("s3cret") })
        #expect(await group.loops[0].openRequests(of: journal) == 0)
        await group.stop()
        close(file)
        var metrics = Metrics()
        journal.figures.collect(into: &metrics)
        let text = String(decoding: metrics.text, as: UTF8.self)
        #expect(
            text.contains(#"holdfast_http_requests_total{method="GET",route="/items/{id}",status="200"} 1"#))
        #expect(text.contains(#"holdfast_http_requests_total{method="POST",route="/body",status="499"} 1"#))
        #expect(
            text.contains(#"holdfast_http_requests_total{method="GET",route="unmatched",status="404"} 1"#))
    }

    private func contents(_ path: String) throws -> String {
        String(decoding: try #require(ProcFile.contents(path)), as: UTF8.self)
    }
}

extension EventLoop {
    fileprivate func openRequests(of journal: RequestJournal) -> Int { journal.open(on: self) }
}
