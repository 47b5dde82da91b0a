import CLinux
import Glibc
import Loop
import Wire

/// Who is told what a connection of the load generator comes to.
protocol LoadDriver: AnyObject {
    func opened(_ connection: LoadConnection, on loop: isolated EventLoop)
    func received(_ payload: UnsafeRawBufferPointer, on connection: LoadConnection, loop: isolated EventLoop)
    /// Everything that one read brought has been told.
    func readEnded(_ connection: LoadConnection, on loop: isolated EventLoop)
    func failed(_ connection: LoadConnection, _ reason: String, on loop: isolated EventLoop)
}

/// One WebSocket of the load generator: a real client that masks each frame with a fresh key, answers pings and
/// writes what it has to say in one send.
final class LoadConnection: ReadinessHandler {
    private enum Phase { case connecting, shaking, open, closed }

    let number: Int
    private let driver: any LoadDriver
    private let raw: CInt
    private var watch: WatchToken?
    private var phase = Phase.connecting
    private let greeting: String
    private var head: [UInt8] = []
    private var decoder = WebSocketDecoder(role: .client)
    /// What the socket did not take yet.
    private var outbound: [UInt8] = []
    private var gathered = 0
    private var isWaiting = false
    private var key: UInt32 = .random(in: 1 ... .max)
    var sequence = 0

    init?(
        _ number: Int, to url: LoadURL, headers: [String], driver: any LoadDriver, on loop: isolated EventLoop
    ) {
        self.number = number
        self.driver = driver
        raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        greeting =
            ([
                "GET \(url.path) HTTP/1.1", "Host: \(url.host):\(url.port)", "Upgrade: websocket",
                "Connection: Upgrade",
            ]
            + ["Sec-WebSocket-Key: \(WebSocketHandshake.makeKey())", "Sec-WebSocket-Version: 13"] + headers)
            .joined(separator: "\r\n") + "\r\n\r\n"
        guard raw >= 0 else { return nil }
        var yes: CInt = 1
        _ = unsafe setsockopt(raw, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
        guard LoadSocket.connect(raw, to: url) else {
            close(raw)
            return nil
        }
        let descriptor = Descriptor(owning: raw)
        watch = try? loop.watch(descriptor, for: [.readable, .writable], telling: self)
        _ = descriptor.release()
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        if phase == .connecting, readiness.contains(.writable) {
            phase = .shaking
            if let watch { loop.change(watch, to: [.readable]) }
            outbound = Array(greeting.utf8)
            flush(on: loop)
        } else if readiness.contains(.writable) {
            flush(on: loop)
        }
        if phase != .closed, !readiness.subtracting(.writable).isEmpty { receive(on: loop) }
    }

    /// Adds a message to what the next flush writes; between the two nobody else may have a turn.
    func queue(_ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, on loop: isolated EventLoop) {
        unsafe gather(WebSocketOpcode(kind), payload, on: loop)
    }

    /// Into the loop's scratch memory, as a server does: the generator must not be what is measured.
    private func gather(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, on loop: isolated EventLoop
    ) {
        let size = WebSocketEncoder.frameSize(payload: payload.count, isMasked: true)
        if gathered + size > Scratch.size { flush(on: loop) }
        let target = unsafe loop.scratch.outgoing.baseAddress! + gathered
        unsafe WebSocketEncoder.writeFrame(opcode, payload, key: nextKey(), to: target)
        gathered += size
    }

    func flush(on loop: isolated EventLoop) {
        guard phase != .closed else { return }
        if outbound.isEmpty, gathered > 0 {
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: loop.scratch.outgoing[..<gathered])
            gathered = 0
            guard let count = unsafe write(bytes, on: loop), count < bytes.count else { return }
            unsafe outbound.append(contentsOf: bytes[count...])
            awaitRoom(on: loop)
        } else if !outbound.isEmpty {
            unsafe outbound.append(contentsOf: loop.scratch.outgoing[..<gathered])
            gathered = 0
            guard let count = unsafe outbound.withUnsafeBytes({ unsafe write($0, on: loop) }) else { return }
            outbound.removeFirst(count)
            awaitRoom(on: loop)
        }
    }

    /// How many bytes the socket took; nil when the connection is over.
    private func write(_ bytes: UnsafeRawBufferPointer, on loop: isolated EventLoop) -> Int? {
        let count = unsafe send(raw, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        if count >= 0 { return count }
        if errno == EAGAIN { return 0 }
        end(SystemError("send").description, on: loop)
        return nil
    }

    private func awaitRoom(on loop: isolated EventLoop) {
        guard let watch, isWaiting != !outbound.isEmpty else { return }
        isWaiting = !outbound.isEmpty
        loop.change(watch, to: isWaiting ? [.readable, .writable] : [.readable])
    }

    func end(_ reason: String?, on loop: isolated EventLoop) {
        guard phase != .closed else { return }
        phase = .closed
        if let watch { loop.unwatch(watch) }
        close(raw)
        if let reason { driver.failed(self, reason, on: loop) }
    }

    private func nextKey() -> UInt32 {
        // xorshift32: fresh for each frame, and cheap.
        key ^= key << 13
        key ^= key >> 17
        key ^= key << 5
        return key
    }

    private func receive(on loop: isolated EventLoop) {
        let buffer = unsafe loop.scratch.incoming
        let count = unsafe recv(raw, buffer.baseAddress, buffer.count, 0)
        if count < 0 {
            if errno != EAGAIN { end(SystemError("recv").description, on: loop) }
            return
        }
        guard count > 0 else { return end("closed by the server", on: loop) }
        let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        if phase == .open { return unsafe decode(bytes, on: loop) }
        unsafe head.append(contentsOf: bytes)
        guard let end = LoadSocket.headEnd(of: head) else { return }
        guard head.starts(with: "HTTP/1.1 101".utf8) else {
            return self.end(String(decoding: head.prefix(200), as: UTF8.self), on: loop)
        }
        phase = .open
        driver.opened(self, on: loop)
        var rest = Array(head[end...])
        head = []
        unsafe rest.withUnsafeMutableBytes { unsafe decode($0, on: loop) }
    }

    private func decode(_ bytes: UnsafeMutableRawBufferPointer, on loop: isolated EventLoop) {
        var input = unsafe bytes
        do {
            while let event = try unsafe decoder.next(&input) {
                switch unsafe event {
                case .message(_, let payload): unsafe driver.received(payload, on: self, loop: loop)
                case .ping(let payload): unsafe gather(.pong, payload, on: loop)
                case .pong: break
                case .close(let code, let reason):
                    let text = unsafe String(decoding: reason, as: UTF8.self)
                    return end("closed by the server: \(code?.rawValue ?? 1005) \(text)", on: loop)
                }
            }
        } catch {
            return end("protocol error: \(error)", on: loop)
        }
        driver.readEnded(self, on: loop)
        flush(on: loop)
    }
}

enum LoadSocket {
    static func connect(_ raw: CInt, to url: LoadURL) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = url.port.bigEndian
        guard unsafe inet_pton(AF_INET, url.host, &address.sin_addr) == 1 else { return false }
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            // A sockaddr_in begins as every sockaddr does.
            unsafe Glibc.connect(raw, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), size)
        }
        return status == 0 || errno == EINPROGRESS
    }

    /// Where the bytes behind a head begin.
    static func headEnd(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 3..<bytes.count
        where bytes[index] == 10 && bytes[index - 2] == 10 && bytes[index - 1] == 13 {
            return index + 1
        }
        return nil
    }
}
