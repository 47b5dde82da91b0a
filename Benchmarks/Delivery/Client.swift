import CLinux
import Glibc
import Loop
import Wire

/// A WebSocket client that blocks, at most 20 s, on a thread that is no loop and so is not counted.
final class Client {
    private let raw: CInt
    private var decoder = WebSocketDecoder(role: .client)

    init(to path: String, port: UInt16, token: String = "") throws {
        raw = try Loopback.makeSocket()
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe _ = setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        unsafe _ = setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        guard Loopback.connect(raw, port: port) else { throw SystemError("connect") }
        try upgrade(path, token)
    }

    deinit { close(raw) }

    private func upgrade(_ path: String, _ token: String) throws {
        let head = [
            "GET \(path) HTTP/1.1", "Host: 127.0.0.1", "Authorization: Bearer \(token)", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Key: \(WebSocketHandshake.makeKey())",
            "Sec-WebSocket-Version: 13",
        ]
        try send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        var answer: [UInt8] = []
        while !answer.suffix(4).elementsEqual("\r\n\r\n".utf8) { answer += try receive() }
        guard answer.starts(with: "HTTP/1.1 101".utf8) else {
            throw BenchError("refused: \(String(decoding: answer, as: UTF8.self))")
        }
    }

    /// All of `bytes` by one call, so that they come together.
    func send(_ bytes: [UInt8]) throws {
        let count = unsafe Glibc.send(raw, bytes, bytes.count, CInt(MSG_NOSIGNAL))
        guard count == bytes.count else { throw SystemError("send") }
    }

    /// Waits for so many messages, which must be all that there are.
    func hear(_ count: Int) throws {
        var heard = 0
        while heard < count {
            var bytes = try receive()
            heard += try unsafe bytes.withUnsafeMutableBytes { try unsafe messages(in: $0) }
        }
        guard heard == count else { throw BenchError("\(heard) messages came instead of \(count)") }
    }

    /// Throws away what there is to read.
    func discard() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while unsafe recv(raw, &buffer, buffer.count, CInt(MSG_DONTWAIT)) > 0 {}
    }

    private func receive() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        let count = unsafe recv(raw, &buffer, buffer.count, 0)
        guard count > 0 else { throw count < 0 ? SystemError("recv") : BenchError("the stream ended") }
        return Array(buffer[..<count])
    }

    private func messages(in bytes: UnsafeMutableRawBufferPointer) throws -> Int {
        var input = unsafe bytes
        var count = 0
        while let event = try unsafe decoder.next(&input) {
            guard case .message = unsafe event else { throw BenchError("something else than a message came") }
            count += 1
        }
        return count
    }

    /// `text` as so many frames.
    static func frames(_ text: String, times count: Int = 1) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count {
            unsafe Array(text.utf8).withUnsafeBytes {
                unsafe WebSocketEncoder.append(.text, $0, key: 0x1234_5678, to: &bytes)
            }
        }
        return bytes
    }
}

/// What went wrong, as a person wants to read it.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
