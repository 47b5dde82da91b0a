import Glibc
import Loop
import Testing
import Wire

/// A blocking client whose every wait has a deadline: HTTP by hand, WebSocket by Wire.
final class RawClient {
    struct Gone: Error, CustomStringConvertible {
        let description: String
    }

    enum Heard: Equatable {
        case text(String)
        case close(UInt16?, String)
    }

    private let raw: CInt
    private var isOpen = true
    private var input: [UInt8] = []
    private var decoder = WebSocketDecoder(role: .client, limits: WebSocketLimits(), deflate: nil)
    private var heard: [Heard] = []
    private var pings: [[UInt8]] = []
    /// Of the protocol, as many as came.
    private(set) var pingCount = 0

    init(port: UInt16) throws {
        raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        // Else two small writes wait for the answer to the first.
        var yes: CInt = 1
        unsafe setsockopt(raw, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Gone(description: "cannot connect: errno \(errno)") }
    }

    deinit { cut() }

    func cut() {
        if isOpen { close(raw) }
        isOpen = false
    }

    /// Breaks the connection: the server sees a reset.
    func reset() {
        var abrupt = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(raw, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<linger>.size))
        cut()
    }

    /// Waits until the server has ended its side, whatever still comes before.
    func awaitEnd() throws {
        while try receive() { input = [] }
    }

    // MARK: Bytes

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(raw, $0.baseAddress! + sent, bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Gone(description: "cannot send: errno \(errno)") }
            sent += count
        }
    }

    /// False at the end of the stream.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(raw, $0.baseAddress!, $0.count, 0) }
        guard count >= 0 else { throw Gone(description: "nothing came in time: errno \(errno)") }
        input += buffer[..<count]
        return count > 0
    }

    private func line() throws -> String {
        while true {
            if let end = input.firstIndex(of: 10) {
                let line = String(decoding: input[..<end].filter { $0 != 13 }, as: UTF8.self)
                input.removeFirst(end + 1)
                return line
            }
            guard try receive() else { throw Gone(description: "the stream ended in a line") }
        }
    }

    // MARK: HTTP

    struct Answer {
        var status: Int
        var headers: [String: String] = [:]
        var body = ""
    }

    func request(_ line: String, headers: String = "", body: String? = nil) throws -> Answer {
        try send(line, headers: headers, body: body)
        return try answer()
    }

    func send(_ line: String, headers: String = "", body: String? = nil) throws {
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        try send(Array("\(line) HTTP/1.1\r\nHost: test\r\n\(headers)\(length)\r\n\(body ?? "")".utf8))
    }

    func answer() throws -> Answer {
        var answer = try head()
        let size = Int(answer.headers["content-length"] ?? "0") ?? 0
        while input.count < size {
            guard try receive() else { throw Gone(description: "the stream ended in a body") }
        }
        answer.body = String(decoding: input[..<size], as: UTF8.self)
        input.removeFirst(size)
        return answer
    }

    func head() throws -> Answer {
        let status = try line()
        var answer = Answer(status: Int(status.split(separator: " ")[1]) ?? 0)
        while true {
            let field = try line()
            guard !field.isEmpty, let colon = field.firstIndex(of: ":") else { return answer }
            answer.headers[field[..<colon].lowercased()] = String(
                field[field.index(after: colon)...].drop { $0 == " " })
        }
    }

    /// The lines of a chunked body up to an empty one that ends an event.
    func event() throws -> [String] {
        var lines: [String] = []
        while true {
            let text = try chunkedLine()
            if text.isEmpty, !lines.isEmpty { return lines }
            if !text.isEmpty, !text.hasPrefix(":") { lines.append(text) }
        }
    }

    private var unchunked: [UInt8] = []

    /// Nil-less: throws at the last chunk.
    private func chunkedLine() throws -> String {
        while true {
            if let end = unchunked.firstIndex(of: 10) {
                let text = String(decoding: unchunked[..<end], as: UTF8.self)
                unchunked.removeFirst(end + 1)
                return text
            }
            let size = try Int(line(), radix: 16) ?? 0
            while input.count < size + 2 {
                guard try receive() else { throw Gone(description: "the stream ended in a chunk") }
            }
            unchunked += input[..<size]
            input.removeFirst(size + 2)
            if size == 0 { throw Gone(description: "the body is over") }
        }
    }

    // MARK: WebSocket

    func upgrade(to path: String, headers: String = "") throws {
        let answer = try upgradeAnswer(to: path, headers: headers)
        guard answer.status == 101 else { throw Gone(description: "no upgrade: \(answer)") }
    }

    func upgradeAnswer(to path: String, headers: String = "") throws -> Answer {
        try send(
            "GET \(path)",
            headers: "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + headers)
        let answer = try head()
        if answer.status == 101 { return answer }
        var refused = answer
        let size = Int(answer.headers["content-length"] ?? "0") ?? 0
        while input.count < size, try receive() {}
        refused.body = String(decoding: input.prefix(size), as: UTF8.self)
        return refused
    }

    func say(_ text: String) throws { try say([text]) }

    /// All in one write.
    func say(_ texts: [String]) throws {
        var frames: [UInt8] = []
        for text in texts {
            unsafe Array(text.utf8).withUnsafeBytes {
                unsafe WebSocketEncoder.append(.text, $0, key: 0x1234_5678, to: &frames)
            }
        }
        try send(frames)
    }

    func sayGoodbye() throws {
        var frame: [UInt8] = []
        WebSocketEncoder.appendClose(.normal, key: 0x1234_5678, to: &frame)
        try send(frame)
    }

    /// The next message or close frame.
    func hear() throws -> Heard {
        while heard.isEmpty {
            try decode()
            if heard.isEmpty, !(try receive()) { throw Gone(description: "the stream ended without a close") }
        }
        return heard.removeFirst()
    }

    func text() throws -> String {
        switch try hear() {
        case .text(let text): return text
        case .close(let code, let reason): throw Gone(description: "closed: \(code ?? 0) \(reason)")
        }
    }

    /// Waits for the next ping that is not answered yet. What else comes meanwhile is kept.
    func awaitPing() throws {
        while pings.isEmpty {
            try decode()
            if pings.isEmpty, !(try receive()) { throw Gone(description: "the stream ended without a ping") }
        }
    }

    /// Waits for the next ping, and answers it. What else comes meanwhile is kept.
    func answerPing() throws {
        try awaitPing()
        var frame: [UInt8] = []
        unsafe pings.removeFirst().withUnsafeBytes {
            unsafe WebSocketEncoder.append(.pong, $0, key: 0x1234_5678, to: &frame)
        }
        try send(frame)
    }

    private func decode() throws {
        var bytes = input
        input = []
        try unsafe bytes.withUnsafeMutableBytes { buffer in
            var rest = unsafe buffer
            while let event = try unsafe decoder.next(&rest) {
                switch unsafe event {
                case .message(_, let payload):
                    unsafe heard.append(.text(String(decoding: payload, as: UTF8.self)))
                case .close(let code, let reason):
                    unsafe heard.append(.close(code?.rawValue, String(decoding: reason, as: UTF8.self)))
                case .ping(let payload):
                    unsafe pings.append(Array(payload))
                    pingCount += 1
                case .pong: break
                }
            }
        }
    }
}

/// What a live message says under `key`, as JSON.
func member(_ key: String, of message: String) -> String? {
    JSONObject(minified: Array(message.utf8))?[key].map { String(decoding: $0, as: UTF8.self) }
}
