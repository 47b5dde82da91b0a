import CLinux
import Glibc

/// Whoever is told that a child has ended. Lives on the child's loop.
package protocol ChildObserver: AnyObject {
    func ended(_ child: ChildProcess, _ end: ProcessEnd, on loop: isolated EventLoop)
}

/// A process that we started, from its birth until it is reaped. Lives on one loop.
///
/// The loop holds it while the process lives; it is reaped the moment it ends, whether anybody waits or not.
/// Its streams belong to whoever takes them; those that nobody took are closed with this object. That the
/// process ends is its owner's business, by `stop`, which also ends everything that came from it. When the program
/// is killed, the kernel kills the process too, but not what that had started.
package final class ChildProcess: ReadinessHandler {
    package let tree: ProcessTree
    package var pid: CInt { tree.leader }
    package let controlGroup: ControlGroup?
    let isOnly: Bool

    /// How it ended, once it has.
    package private(set) var end: ProcessEnd?

    /// Told once when it ends, and let go then.
    package var observer: (any ChildObserver)?

    let nursery: Nursery
    var stopping: Task<StopReport, Never>?
    private var pidfd: Descriptor?
    private var watch: WatchToken?
    private var waiters: [Waiter] = []
    private var streams: [CInt]
    private var terminal: CInt

    /// Starts a process. The error names the step that failed: `exec`, `chdir`, `setuid`, …
    package static func spawn(
        _ spec: ProcessSpec, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(SystemError) -> ChildProcess {
        let nursery = try Nursery.shared()
        let newborn = try await nursery.bear(spec, until: deadline, on: loop)
        let child = ChildProcess(newborn, spec, nursery)
        try child.observe(on: loop)
        return child
    }

    private init(_ newborn: Newborn, _ spec: ProcessSpec, _ nursery: Nursery) {
        tree = newborn.tree
        controlGroup = spec.controlGroup
        isOnly = spec.isOnly
        pidfd = Descriptor(owning: newborn.pidfd)
        streams = newborn.ends.outer
        terminal = newborn.ends.outerTerminal
        self.nursery = nursery
    }

    deinit {
        for stream in streams + [terminal] where stream >= 0 { close(stream) }
        pidfd.take()?.close()
    }

    // MARK: Streams

    /// Our end of the child's standard input, once, when it is a pipe.
    package func takeInput() -> Descriptor? { Self.take(&streams[0]) }
    package func takeOutput() -> Descriptor? { Self.take(&streams[1]) }
    package func takeError() -> Descriptor? { Self.take(&streams[2]) }

    /// The outer side of the child's terminal, once. Reading it fails with EIO when the last process has let go.
    package func takeTerminal() -> Descriptor? { Self.take(&terminal) }

    // MARK: Ending

    /// Waits for the end; nil when the deadline or a cancellation comes first.
    package func wait(until deadline: Instant, on loop: isolated EventLoop) async -> ProcessEnd? {
        if end == nil {
            let waiter = Waiter()
            waiters.append(waiter)
            _ = await waiter.wait(until: deadline, on: loop)
            waiters.removeAll { $0 === waiter }
        }
        return end
    }

    /// Signals the process, or its whole group. False when it has ended.
    @discardableResult
    package func signal(_ number: CInt, group: Bool = false) -> Bool {
        // Until it is reaped, which only its loop does, the pid cannot be another's.
        guard end == nil else { return false }
        return kill(group ? -pid : pid, number) == 0
    }

    /// Nobody awaits its end any more, not even its loop: for one that has its own life, and may outlive this program's.
    package func letGo(on loop: isolated EventLoop) {
        guard let descriptor = pidfd.take() else { return }
        if let watch { loop.unwatch(watch) }
        descriptor.close()
        nursery.letGo(pid)
    }

    package func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        guard let descriptor = pidfd.take() else { return }
        guard let end = nursery.reap(pid, descriptor) else {
            pidfd = consume descriptor
            return
        }
        if let watch { loop.unwatch(watch) }
        descriptor.close()
        self.end = end
        for waiter in waiters { waiter.signal(on: loop) }
        let observer = observer
        self.observer = nil
        observer?.ended(self, end, on: loop)
    }

    private func observe(on loop: isolated EventLoop) throws(SystemError) {
        guard let descriptor = pidfd.take() else { return }
        do throws(SystemError) {
            watch = try loop.watch(descriptor, for: .readable, telling: self)
        } catch {
            // Unwatched it would never be reaped, so it goes the way of the orphans.
            nursery.disown(pid, descriptor)
            descriptor.close()
            throw error
        }
        pidfd = consume descriptor
    }

    private static func take(_ raw: inout CInt) -> Descriptor? {
        guard raw >= 0 else { return nil }
        defer { raw = -1 }
        return Descriptor(owning: raw)
    }
}

extension Descriptor {
    /// Tells the programs on a terminal, of which this is the outer side, that it has another size.
    package borrowing func resizeTerminal(columns: UInt16, rows: UInt16) throws(SystemError) {
        guard hf_resize_terminal(raw, columns, rows) == 0 else { throw SystemError("TIOCSWINSZ") }
    }
}
