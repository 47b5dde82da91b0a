import Glibc
import Loop

/// What people send to a phase, on its way into the program's standard input. Lives on the phase's loop, and ends when
/// the program closes its side, or by `close`.
///
/// The program must ignore SIGPIPE, as a server does.
final class PhaseInput: ReadinessHandler {
    /// So much may wait for the program to read it.
    static let room = 256 << 10

    /// The inode by which both ends of the pipe are known.
    let pipe: UInt64
    private var descriptor: Descriptor?
    private var watch: WatchToken?
    private var queue: [UInt8] = []
    private var isEnding = false

    init(_ descriptor: consuming Descriptor, on loop: isolated EventLoop) throws(SystemError) {
        var status = stat()
        let isKnown = unsafe fstat(descriptor.raw, &status) == 0
        pipe = isKnown ? UInt64(status.st_ino) : 0
        let handler = LateHandler()
        do throws(SystemError) {
            let watch = try loop.watch(descriptor, for: [.writable, .edge], telling: handler)
            self.watch = watch
            self.descriptor = consume descriptor
            loop.hand(watch, to: self)
        } catch {
            descriptor.close()
            throw error
        }
    }

    /// Stands in until there is somebody to be told.
    private final class LateHandler: ReadinessHandler {
        func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}
    }

    deinit { descriptor.take()?.close() }

    var isOpen: Bool { descriptor != nil }

    /// False when it is not taken: too much waits already, or the program reads no more.
    func send(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        guard isOpen, !isEnding, queue.count + bytes.count <= Self.room else { return false }
        queue += bytes
        flush(on: loop)
        return isOpen
    }

    /// The program finds the end of its input behind what was sent.
    func finish(on loop: isolated EventLoop) {
        isEnding = true
        flush(on: loop)
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        if readiness.contains(.failed) { close(on: loop) } else { flush(on: loop) }
    }

    func close(on loop: isolated EventLoop) {
        guard let descriptor = descriptor.take() else { return }
        if let watch { loop.unwatch(watch) }
        watch = nil
        descriptor.close()
        queue = []
    }

    private func flush(on loop: isolated EventLoop) {
        while let raw = descriptor?.raw, !queue.isEmpty {
            let count = unsafe queue.withUnsafeBytes { unsafe Glibc.write(raw, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count >= 0 else { return close(on: loop) }
            queue.removeFirst(count)
        }
        if isEnding { close(on: loop) }
    }
}
