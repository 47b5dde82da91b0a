import Loop
import TestKit
import Testing
import Transport
import Wire

@testable import Server

/// Runs `body` on a loop of its own, beside a thread that may block.
func withLoop(
    clock: any LoopClock = SystemClock(),
    _ body: @Sendable (isolated EventLoop, Offload) async throws -> Void
) async throws {
    let group = try LoopGroup(count: 1, clock: clock)
    let offload = try Offload(name: "test", threads: 1, capacity: 16)
    do { try await run(body, offload, on: group.loops[0]) } catch { Issue.record(error) }
    offload.stop()
    await group.stop()
}

private func run(
    _ body: @Sendable (isolated EventLoop, Offload) async throws -> Void, _ offload: Offload,
    on loop: isolated EventLoop
) async throws {
    try await body(loop, offload)
}

/// A request as it would have come through a socket.
func request(
    _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: String = "",
    on loop: isolated EventLoop
) throws -> Request {
    var all: HTTPHeaders = [.host: "test"]
    for (name, value) in headers.pairs { all.append(HTTPHeaderName(name), value) }
    return Request(
        try HTTPRequestHead(method, HTTPTarget(target), headers: all), body: Array(body.utf8),
        from: try #require(SocketAddress(parsing: "127.0.0.1:1")), on: loop)
}

func call(
    _ request: Request, _ parameters: PathParameters = .none
) -> Call {
    Call(request: request, parameters: parameters, caller: .nobody)
}

extension Response {
    var bytes: [UInt8] {
        guard case .bytes(let bytes) = body else { return [] }
        return bytes
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// What `body` refuses with; nil when it does not.
func refusal<Value>(_ body: () async throws(HTTPError) -> Value) async -> HTTPError? {
    do throws(HTTPError) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}
