import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite struct RefusalTests {
    private static func isRefused(
        _ status: HTTPStatus, _ path: String, headers: HTTPHeaders, by server: RunningServer,
        on loop: isolated EventLoop
    ) async throws {
        do {
            let client = try await server.listen(to: path, headers: headers, on: loop)
            client.abort(on: loop)
            Issue.record("\(headers) was let in")
        } catch ClientError.refused(let head, _) {
            #expect(head.status == status)
            #expect(head.headers["Content-Type"]?.hasPrefix("application/problem+json") ?? false)
        }
    }

    @Test func aPageLearnsOfAnUnknownPathOverTheWebSocketAndAProgramByHTTP() async throws {
        try await withServer { server, _, loop in
            let path = "/api/v1/ws/nowhere"
            let page = try await server.listen(to: path, headers: ["Origin": server.url], on: loop)
            #expect(try await page.text(on: loop).hasPrefix(#"{"type":"end","#))
            #expect(try await page.closed(on: loop).code?.rawValue == 4404)
            try await Self.isRefused(.notFound, path, headers: [:], by: server, on: loop)
            let foreign: HTTPHeaders = ["Origin": "http://elsewhere.example"]
            try await Self.isRefused(.forbidden, path, headers: foreign, by: server, on: loop)
        }
    }

    @Test(arguments: ["/healthz", "/api/v1/feeds/routes", "/"])
    func aPathThatIsNoWebSocketSaysSoToWhoeverWantsOne(_ path: String) async throws {
        try await withServer { server, _, loop in
            try await Self.isRefused(.notFound, path, headers: [:], by: server, on: loop)
            let page = try await server.listen(to: path, headers: ["Origin": server.url], on: loop)
            #expect(try await page.text(on: loop).contains("There is no WebSocket at \(path);"))
            #expect(try await page.closed(on: loop).code?.rawValue == 4404)
            let plain = try await server.ask(.get, path, on: loop)
            #expect(plain.status == (path.hasPrefix("/api") ? .unauthorized : .ok))
        }
    }

    @Test func aRefusedPageThatDoesNotAnswerTheCloseHoldsNoStopUp() async throws {
        try await withServer { server, _, loop in
            let deadline = loop.clock.now + Holdfast.patience
            let page = try await server.upgrade(
                "/api/v1/ws/feeds/routes", header: "Origin: \(server.url)", on: loop)
            defer { page.close(on: loop) }
            // A close frame's payload begins with its code.
            var heard: [UInt8] = []
            while !heard.contains([0x11, 0x31]) {
                let more = try await page.read(until: deadline, on: loop)
                guard !more.isEmpty else { break }
                heard += more
            }
            #expect(String(decoding: heard.prefix(12), as: UTF8.self) == "HTTP/1.1 101")
            #expect(heard.contains([0x11, 0x31]), "4401")
            server.program.child.signal(SIGTERM)
            #expect(try await server.program.finish(on: loop).status == 0)
        }
    }
}
