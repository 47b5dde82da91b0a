import Glibc
import Loop

/// Our end of a pipe that a child process writes to: tells a waiter when there is something, and is closed at its end
/// or by its owner. Lives on one loop.
final class OutputPipe: ReadinessHandler {
    private var descriptor: Descriptor?
    private var watch: WatchToken?
    private let change: Waiter
    /// As many pieces are read in one go: a process that says a lot must not keep the loop.
    private static let mostPieces = 8

    init(_ descriptor: consuming Descriptor?, telling change: Waiter, on loop: isolated EventLoop) {
        self.change = change
        guard let descriptor else { return }
        // Unwatched it is read when the process ends, which tells the waiter too.
        watch = try? loop.watch(descriptor, for: .readable, telling: self)
        self.descriptor = consume descriptor
    }

    deinit { descriptor.take()?.close() }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) { change.signal(on: loop) }

    /// Gives `take` what is there, piece by piece, until it says false.
    func drain(on loop: isolated EventLoop, _ take: (UnsafeRawBufferPointer) -> Bool) {
        let buffer = unsafe loop.scratch.incoming
        for _ in 0..<Self.mostPieces {
            guard let raw = descriptor?.raw else { return }
            let count = unsafe read(raw, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else { return close(on: loop) }
            // The kernel has written `count` bytes there.
            guard unsafe take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return }
        }
    }

    func close(on loop: isolated EventLoop) {
        if let watch { loop.unwatch(watch) }
        watch = nil
        descriptor.take()?.close()
    }
}
