import Glibc
import Loop

/// Whoever is told what comes on standard input. Lives on one loop.
protocol KeyboardOwner: AnyObject {
    func typed(_ bytes: [UInt8], on loop: isolated EventLoop)
    /// Nothing more comes.
    func inputEnded(on loop: isolated EventLoop)
}

/// Standard input as it comes, from a person, a pipe or a file. Lives on one loop; its owner calls `stop`.
///
/// The stream is shared with other programs, so it is left as it is: one read each time that it is ready.
final class Keyboard: ReadinessHandler, TurnEnder {
    private static let chunk = 16 << 10

    private weak var owner: (any KeyboardOwner)?
    private var input: Descriptor?
    private var watch: WatchToken?
    /// A file is always ready, and cannot be watched. One's own loop may wait for it.
    private var isFile = false
    private var isHeld = false

    init(telling owner: any KeyboardOwner) { self.owner = owner }

    func start(on loop: isolated EventLoop) throws(SystemError) {
        let raw = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        guard raw >= 0 else { throw SystemError("fcntl") }
        input = Descriptor(owning: raw)
        try listen(on: loop)
    }

    /// Reads nothing more, until `resume`.
    func hold(on loop: isolated EventLoop) {
        isHeld = true
        // One that has hung up would otherwise say so all the time.
        if let watch = watch.take() { loop.unwatch(watch) }
    }

    func resume(on loop: isolated EventLoop) {
        guard isHeld else { return }
        isHeld = false
        do throws(SystemError) { try listen(on: loop) } catch { end(on: loop) }
    }

    func stop(on loop: isolated EventLoop) {
        guard let input = input.take() else { return }
        if let watch = watch.take() { loop.unwatch(watch) }
        input.close()
    }

    deinit { input.take()?.close() }

    private func listen(on loop: isolated EventLoop) throws(SystemError) {
        guard input != nil else { return }
        do throws(SystemError) {
            if !isFile { watch = try loop.watch(input!, for: .readable, telling: self) }
        } catch  where error.code == EPERM {
            isFile = true
        }
        if isFile { loop.atEndOfNextTurn(self) }
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) { read(on: loop) }

    func turnEnds(on loop: isolated EventLoop) {
        guard !isHeld, input != nil else { return }
        read(on: loop)
        if !isHeld, input != nil { loop.atEndOfNextTurn(self) }
    }

    private func read(on loop: isolated EventLoop) {
        guard let raw = input?.raw else { return }
        var bytes = [UInt8](repeating: 0, count: Self.chunk)
        let count = unsafe Glibc.read(raw, &bytes, bytes.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        guard count > 0 else { return end(on: loop) }
        owner?.typed(Array(bytes.prefix(count)), on: loop)
    }

    private func end(on loop: isolated EventLoop) {
        stop(on: loop)
        owner?.inputEnded(on: loop)
    }
}
