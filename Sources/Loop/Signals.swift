import CLinux
import Glibc

/// Whoever is told of a signal to the program. Lives on one loop.
package protocol SignalHandler: AnyObject {
    func received(_ signal: CInt, on loop: isolated EventLoop)
}

/// Signals to the program, heard on a loop instead of in the middle of whatever a thread was doing.
///
/// `blockForProcess` comes first, before any thread exists: threads inherit what is blocked, and a thread
/// that has one of these signals open would take it. Children start with nothing blocked. SIGCHLD is not
/// among them: it belongs to the `Nursery`. Ends by `close`.
package final class Signals: ReadinessHandler {
    /// What ends or reloads a server.
    package static let served: [CInt] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]

    private let handler: any SignalHandler
    private var descriptor: Descriptor?
    private var token: WatchToken?

    /// Blocks these signals in the calling thread and all that it starts, and has writing to a lost peer fail instead
    /// of ending the program.
    package static func blockForProcess(_ signals: [CInt] = served) {
        var mask = mask(of: signals)
        unsafe pthread_sigmask(SIG_BLOCK, &mask, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Tells `handler` of `signals` from now on.
    package init(_ signals: [CInt] = served, telling handler: any SignalHandler, on loop: isolated EventLoop)
        throws(SystemError)
    {
        self.handler = handler
        var mask = Self.mask(of: signals)
        let raw = unsafe signalfd(-1, &mask, CInt(SFD_CLOEXEC | SFD_NONBLOCK))
        guard raw >= 0 else { throw SystemError("signalfd") }
        let descriptor = Descriptor(owning: raw)
        do throws(SystemError) {
            token = try loop.watch(descriptor, for: .readable, telling: self)
        } catch {
            descriptor.close()
            throw error
        }
        self.descriptor = consume descriptor
    }

    package func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        while let raw = descriptor?.raw {
            var record = signalfd_siginfo()
            let size = MemoryLayout<signalfd_siginfo>.size
            guard unsafe read(raw, &record, size) == size else { return }
            handler.received(CInt(record.ssi_signo), on: loop)
        }
    }

    package func close(on loop: isolated EventLoop) {
        guard let descriptor = descriptor.take() else { return }
        if let token { loop.unwatch(token) }
        descriptor.close()
    }

    deinit { descriptor.take()?.close() }

    private static func mask(of signals: [CInt]) -> sigset_t {
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        for signal in signals { unsafe sigaddset(&mask, signal) }
        return mask
    }
}
