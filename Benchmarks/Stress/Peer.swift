import CLinux
import Glibc
import Loop
import Wire

/// A client that does exactly what it is told, however rude: a blocking socket, each wait with a deadline.
final class Peer {
    private(set) var raw: CInt
    private var decoder = WebSocketDecoder(role: .client)
    private var unread: [UInt8] = []

    /// - Parameter receiveBuffer: a small one makes a slow reader slow at once.
    init(port: UInt16, receiveBuffer: CInt? = nil) throws {
        raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw SystemError("socket") }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe _ = setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        unsafe _ = setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        if var receiveBuffer { unsafe _ = setsockopt(raw, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            // A sockaddr_in begins as every sockaddr does.
            unsafe connect(
                raw, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard status == 0 else {
            let error = SystemError("connect")
            Glibc.close(raw)
            raw = -1
            throw error
        }
    }

    deinit { close() }

    func close() {
        if raw >= 0 { Glibc.close(raw) }
        raw = -1
    }

    /// Cuts the connection: the server sees a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        unsafe _ = setsockopt(raw, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(raw, $0.baseAddress! + sent, bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("send") }
            sent += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// What comes next, at most so many bytes; empty at the end of the stream.
    func receive(atMost most: Int = 65_536) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: most)
        // The end of a child interrupts it.
        var count: Int
        repeat { count = unsafe recv(raw, &buffer, buffer.count, 0) } while count < 0 && errno == EINTR
        guard count >= 0 else { throw SystemError("recv") }
        return Array(buffer.prefix(count))
    }

    /// Everything up to the end of the stream.
    func receiveToEnd() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let more = try receive()
            if more.isEmpty { return all }
            all += more
        }
    }

    /// A whole HTTP response with a Content-Length.
    func response() throws -> String {
        var bytes: [UInt8] = []
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let length = Self.contentLength(text[..<end.lowerBound])
                if text[end.upperBound...].utf8.count >= length { return text }
            }
            let more = try receive()
            try expect(!more.isEmpty, "the connection ended within a response: \(text.prefix(200))")
            bytes += more
        }
    }

    private static func contentLength(_ head: Substring) -> Int {
        for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            return Int(line.dropFirst(15).filter { $0 != " " }) ?? 0
        }
        return 0
    }

    // MARK: WebSocket

    func upgrade(_ path: String, token: String) throws {
        try send(Self.upgradeRequest(path, token: token))
        var head: [UInt8] = []
        while true {
            let more = try receive()
            try expect(!more.isEmpty, "no answer to the upgrade")
            head += more
            // Frames may come with it, which are no text.
            guard let end = head.indices.dropLast(3).first(where: { head[$0..<$0 + 4] == [13, 10, 13, 10] })
            else { continue }
            let text = String(decoding: head[..<end], as: UTF8.self)
            try expect(text.hasPrefix("HTTP/1.1 101"), "the upgrade was refused: \(text.prefix(300))")
            unread = Array(head[(end + 4)...])
            return
        }
    }

    static func upgradeRequest(_ path: String, token: String) -> String {
        """
        GET \(path) HTTP/1.1\r
        Host: 127.0.0.1\r
        Authorization: Bearer \(token)\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        \r\n
        """
    }

    enum Message: Equatable {
        case text(String)
        case ping
        case close(UInt16?)
        /// The stream ended without a close frame.
        case cut
    }

    /// Something came with the answer to the upgrade, of which `poll` knows nothing.
    var hasUnread: Bool { !unread.isEmpty }

    /// The next messages, as they come with one read; pings are told, not answered.
    func messages() throws -> [Message] {
        var bytes = unread
        unread = []
        if bytes.isEmpty { bytes = try receive() }
        if bytes.isEmpty { return [.cut] }
        var found: [Message] = []
        try unsafe bytes.withUnsafeMutableBytes { buffer in
            var input = unsafe buffer
            while let event = try unsafe decoder.next(&input) {
                switch unsafe event {
                case .message(_, let payload):
                    unsafe found.append(.text(String(decoding: payload, as: UTF8.self)))
                case .ping: found.append(.ping)
                case .pong: break
                case .close(let code, _): found.append(.close(code?.rawValue))
                }
            }
        }
        return found
    }

    static func frame(_ opcode: WebSocketOpcode, _ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        unsafe Array(text.utf8).withUnsafeBytes {
            unsafe WebSocketEncoder.append(opcode, $0, key: 0x1234_5678, to: &bytes)
        }
        return bytes
    }
}

extension String {
    fileprivate func range(of mark: String) -> Range<String.Index>? {
        let (text, sought) = (Array(utf8), Array(mark.utf8))
        guard text.count >= sought.count else { return nil }
        for start in 0...(text.count - sought.count) where text[start..<start + sought.count] == sought[...] {
            let lower = utf8.index(utf8.startIndex, offsetBy: start)
            return lower..<utf8.index(lower, offsetBy: sought.count)
        }
        return nil
    }
}
