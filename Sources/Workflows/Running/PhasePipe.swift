import CLinux
import Glibc
import Loop

/// One of the pipes through which a phase speaks: read whenever there is something, in large pieces, one piece in a
/// turn of the loop. Lives on the phase's loop and ends with the pipe, or by `close`.
final class PhasePipe: ReadinessHandler, TurnEnder {
    enum Source {
        case output, error, events
    }

    /// So much may wait in the pipe, so that its writer is seldom kept waiting.
    private static let room: CInt = 256 << 10

    /// More is never in it; whoever writes on is not listened to.
    private static let mostPieces = 16

    let source: Source
    private let splitter: LineSplitter
    private weak var phase: PhaseRun?
    private var descriptor: Descriptor?
    private var watch: WatchToken?
    private var isScheduled = false
    private var hasHungUp = false

    init(_ source: Source, of phase: PhaseRun, mask: SecretMask) {
        self.source = source
        self.phase = phase
        splitter = LineSplitter(mask: mask)
    }

    deinit { descriptor.take()?.close() }

    var isOpen: Bool { descriptor != nil }

    /// Takes over our end of the pipe.
    func begin(_ descriptor: consuming Descriptor, on loop: isolated EventLoop) throws(SystemError) {
        _ = hf_resize_pipe(descriptor.raw, Self.room)
        do throws(SystemError) {
            watch = try loop.watch(descriptor, for: [.readable, .edge], telling: self)
        } catch {
            descriptor.close()
            throw error
        }
        self.descriptor = consume descriptor
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        if !readiness.isDisjoint(with: [.hungUp, .failed]) { hasHungUp = true }
        if !isScheduled { _ = read(on: loop) }
    }

    func turnEnds(on loop: isolated EventLoop) {
        isScheduled = false
        _ = read(on: loop)
    }

    /// Goes on where it was held up.
    func resume(on loop: isolated EventLoop) {
        guard isOpen, !isScheduled else { return }
        isScheduled = true
        loop.atEndOfNextTurn(self)
    }

    /// Reads what there is now, for a pipe that does not end by itself.
    func readRest(on loop: isolated EventLoop) {
        for _ in 0..<Self.mostPieces {
            guard read(on: loop) else { break }
        }
        guard let phase else { return }
        splitter.finish { line in phase.took(line, from: source, on: loop) }
    }

    func close(on loop: isolated EventLoop) {
        guard let descriptor = descriptor.take() else { return }
        if let watch { loop.unwatch(watch) }
        watch = nil
        descriptor.close()
    }

    /// Reads one piece. True when there may be more.
    private func read(on loop: isolated EventLoop) -> Bool {
        guard let raw = descriptor?.raw, let phase, !phase.isPaused else { return false }
        let memory = unsafe loop.scratch.incoming
        let count = unsafe Glibc.read(raw, memory.baseAddress, memory.count)
        if count > 0 {
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory.prefix(count))
            unsafe splitter.accept(bytes) { line in phase.took(line, from: source, on: loop) }
            phase.tookSome(on: loop)
            // With less than it asked for it has emptied the pipe, and hears of what comes then.
            if count == memory.count || hasHungUp { resume(on: loop) }
            return true
        }
        if count < 0, errno == EAGAIN { return false }
        if count < 0, errno == EINTR {
            resume(on: loop)
            return true
        }
        finish(phase, on: loop)
        return false
    }

    private func finish(_ phase: PhaseRun, on loop: isolated EventLoop) {
        close(on: loop)
        splitter.finish { line in phase.took(line, from: source, on: loop) }
        phase.pipeEnded(on: loop)
    }
}
