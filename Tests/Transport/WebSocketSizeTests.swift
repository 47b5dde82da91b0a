import CLinux
import Loop
import TestKit
import Testing
import Transport
import Wire

/// There are ten thousand connections at rest, so what one takes is counted to the byte.
@Suite(.timeLimit(.minutes(1))) struct WebSocketSizeTests {
    @Test func aConnectionAtRestIsOneObjectOf152Bytes() async throws {
        let sizes = Recorded<Int>()
        try await withServer(
            answering: { request, _ in
                guard let upgrade = try? WebSocketUpgrade(request.head, handler: Scales(sizes)) else {
                    return Response(.badRequest)
                }
                return .webSocket(upgrade)
            }
        ) { server, loop in
            // The allocator gives a little more where that is what it has at hand; the least of many is what one takes.
            for _ in 0..<100 {
                let client = try await TestClient.connect("ws://\(server.address)/", on: loop)
                try await client.close(on: loop)
            }
        }
        #expect(sizes.all.min() == 152)
    }
}

/// Weighs the connection that it gets.
private final class Scales: WebSocketHandler {
    private let sizes: Recorded<Int>
    init(_ sizes: Recorded<Int>) { self.sizes = sizes }

    func opened(_ socket: WebSocket, on loop: isolated EventLoop) {
        // An object of ours is a block of the allocator, which knows its size.
        unsafe sizes.append(malloc_usable_size(Unmanaged.passUnretained(socket).toOpaque()))
    }

    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {}
    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {}
}
