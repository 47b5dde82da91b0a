import CLinux
import Glibc
import Loop
import Wire

/// Who publishes in a fan-out: over one keep-alive HTTP connection, a POST for each message, or over a WebSocket.
final class Publisher: ReadinessHandler, LoadDriver {
    private let options: Options
    private let url: LoadURL
    private var webSocket: LoadConnection?
    private let opened = Waiter()
    private var raw: CInt = -1
    private var watch: WatchToken?
    private var outbound: [UInt8] = []
    private var answers: [UInt8] = []
    private(set) var error = ""

    var isBroken: Bool { !error.isEmpty }

    private init(_ options: Options) {
        self.options = options
        url = options.publish!
    }

    static func open(_ options: Options, on loop: isolated EventLoop) async -> Publisher {
        let publisher = Publisher(options)
        if publisher.url.isWebSocket {
            publisher.webSocket = LoadConnection(
                0, to: publisher.url, headers: options.headers, driver: publisher, on: loop)
        } else {
            publisher.connect(on: loop)
        }
        _ = await publisher.opened.wait(until: loop.now + .seconds(10), on: loop)
        return publisher
    }

    func queue(_ payload: [UInt8], on loop: isolated EventLoop) {
        let body = Array(options.publishPrefix.utf8) + payload + Array(options.publishSuffix.utf8)
        if let webSocket {
            unsafe body.withUnsafeBytes { unsafe webSocket.queue(.text, $0, on: loop) }
            return
        }
        let head =
            (["POST \(url.path) HTTP/1.1", "Host: \(url.host):\(url.port)", "Content-Type: application/json"]
            + ["Content-Length: \(body.count)"] + options.headers).joined(separator: "\r\n")
        outbound += Array(head.utf8) + Array("\r\n\r\n".utf8) + body
    }

    func flush(on loop: isolated EventLoop) {
        if let webSocket { return webSocket.flush(on: loop) }
        guard !outbound.isEmpty else { return }
        let count = unsafe outbound.withUnsafeBytes {
            unsafe send(raw, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        if count < 0, errno != EAGAIN { error = SystemError("send").description }
        outbound.removeFirst(max(0, count))
        if let watch { loop.change(watch, to: outbound.isEmpty ? [.readable] : [.readable, .writable]) }
    }

    func close(on loop: isolated EventLoop) {
        webSocket?.end(nil, on: loop)
        if let watch { loop.unwatch(watch) }
        if raw >= 0 { Glibc.close(raw) }
    }

    // MARK: Over HTTP

    private func connect(on loop: isolated EventLoop) {
        raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var yes: CInt = 1
        _ = unsafe setsockopt(raw, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, 4)
        guard raw >= 0, LoadSocket.connect(raw, to: url) else {
            error = SystemError("connect").description
            return
        }
        let descriptor = Descriptor(owning: raw)
        watch = try? loop.watch(descriptor, for: [.readable, .writable], telling: self)
        _ = descriptor.release()
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        if readiness.contains(.writable) {
            opened.signal(on: loop)
            if let watch { loop.change(watch, to: [.readable]) }
            flush(on: loop)
        }
        guard !readiness.subtracting(.writable).isEmpty else { return }
        let buffer = unsafe loop.scratch.incoming
        let count = unsafe recv(raw, buffer.baseAddress, buffer.count, 0)
        if count <= 0 {
            if error.isEmpty { error = "the publisher's connection was closed" }
            if let watch { loop.unwatch(watch) }
            watch = nil
            return
        }
        // Only the first answer is looked at: what is wrong with one is wrong with all.
        if answers.count < 12 {
            unsafe answers.append(contentsOf: buffer[..<count])
            if answers.count >= 12, answers[9] != UInt8(ascii: "2") {
                error = String(decoding: answers.prefix(400), as: UTF8.self)
            }
        }
    }

    // MARK: Over a WebSocket

    func opened(_ connection: LoadConnection, on loop: isolated EventLoop) {
        if let first = options.publishFirst {
            let bytes = Array(first.utf8)
            unsafe bytes.withUnsafeBytes { unsafe connection.queue(.text, $0, on: loop) }
            connection.flush(on: loop)
        }
        opened.signal(on: loop)
    }

    func received(_ payload: UnsafeRawBufferPointer, on connection: LoadConnection, loop: isolated EventLoop)
    {}
    func readEnded(_ connection: LoadConnection, on loop: isolated EventLoop) {}
    func failed(_ connection: LoadConnection, _ reason: String, on loop: isolated EventLoop) {
        error = reason
    }
}
