import CLinux
import Glibc

/// A thread of the operating system with a body and an end that can be waited for.
package struct LoopThread: ~Copyable, @unchecked Sendable {
    // @unchecked: a pthread_t is a plain number on Linux.
    private let thread: pthread_t

    private final class Body {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    package init(name: String, _ run: @escaping @Sendable () -> Void) throws(SystemError) {
        let body = unsafe Unmanaged.passRetained(Body(name: name, run: run))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { raw in
                let body = unsafe Unmanaged<Body>.fromOpaque(raw!).takeRetainedValue()
                unsafe hf_name_thread(body.name)
                body.run()
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            unsafe body.release()
            throw SystemError("pthread_create", code: code)
        }
        self.thread = thread
    }

    /// Waits until the body has returned.
    package consuming func join() {
        let thread = thread
        discard self
        _ = pthread_join(thread, nil)
    }

    /// Leaves it to run until the program ends, for the few that have no earlier end.
    package consuming func detach() {
        let thread = thread
        discard self
        _ = pthread_detach(thread)
    }

    deinit { trapForgotten("a thread") }
}
