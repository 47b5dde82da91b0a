import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@testable import Server

/// A file that is too large for memory, over a real socket.
@Suite struct LargeFileTests {
    private struct Service: RequestHandler {
        let files: StaticFiles

        func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
            do throws(HTTPError) { return try await files.answer(request, on: loop) } catch {
                return .refusal(error, of: request)
            }
        }

        func finished(_ exchange: Exchange, on loop: isolated EventLoop) {}
    }

    @Test func aLargeFileArrivesWhole() async throws {
        let folder = try TemporaryFolder()
        let size = StaticFile.largest + 12_345
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let file = unsafe fopen(folder.file("large.bin"), "w")
        #expect(unsafe content.withUnsafeBytes { unsafe fwrite($0.baseAddress!, 1, size, file) } == size)
        unsafe fclose(file)

        let group = try LoopGroup(count: 1)
        let offload = try Offload(name: "test", threads: 1, capacity: 16)
        let policy = TransportPolicy()
        let listener = Listener(
            Service(files: try StaticFiles(folder: folder.path, offload: offload)), policy: policy,
            admission: Admission(traffic: policy.traffic), loops: group.loops)
        let port = try await listener.start(on: #require(SocketAddress(parsing: "127.0.0.1:0"))).port
        do {
            let (head, body) = try await fetch("http://127.0.0.1:\(port)/large.bin", on: group.loops[0])
            #expect(head.status == .ok)
            #expect(head.headers[.contentType] == "application/octet-stream")
            let arrivedWhole = body == content
            #expect(arrivedWhole, "\(body.count) bytes of \(content.count)")
        } catch {
            Issue.record(error)
        }
        await listener.stopAccepting()
        await listener.drain(until: SystemClock().now + .seconds(5))
        offload.stop()
        await group.stop()
    }

    private func fetch(
        _ url: String, on loop: isolated EventLoop
    ) async throws -> (head: HTTPResponseHead, body: [UInt8]) {
        let client = HTTPClient()
        defer { client.close(on: loop) }
        return try await client.fetch(
            ClientRequest(.get, try URLAddress(url)), limit: 1 << 24, until: loop.now + .seconds(20), on: loop
        )
    }
}
