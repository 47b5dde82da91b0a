import Glibc
import Synchronization

/// A thread of the store's own. It must be joined: one that is dropped is a leak and a defect.
@safe final class StoreThread: Sendable {
    private let id: pthread_t
    private let isJoined = Atomic(false)

    private final class Start {
        let name: String
        let body: () -> Void
        init(name: String, body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }

        /// Gives the calling thread its name in `top` and the debugger. That it has none harms nothing.
        func announce() {
            let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            var text = name
            text.withUTF8 { unsafe _ = Glibc.write(file, $0.baseAddress, $0.count) }
            Glibc.close(file)
        }
    }

    /// Starts a thread that receives no signals: those belong to the loops.
    init(name: String, _ body: sending @escaping () -> Void) throws(StoreError) {
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        // The thread takes over the one reference made here.
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        var id = pthread_t()
        let code = unsafe pthread_create(
            &id, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.announce()
                start.body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            unsafe start.release()
            throw .system(call: "pthread_create", code: code)
        }
        self.id = id
    }

    /// Waits for the thread's end and gives it back. Once only.
    func join() {
        guard !isJoined.exchange(true, ordering: .relaxed) else { return }
        pthread_join(id, nil)
    }

    deinit {
        precondition(
            isJoined.load(ordering: .relaxed), "a thread of the store was dropped without being joined")
    }
}
