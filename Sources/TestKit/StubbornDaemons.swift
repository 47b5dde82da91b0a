/// A program in Python whose daemons ignore what can be ignored, each in a session of its own and without a parent.
/// When all are as they are to be, it says `ready`. It has no `'`, so a shell can be given it between two.
package struct StubbornDaemons: Sendable {
    package enum Daemon: Sendable {
        case plain
        /// It sheds its environment, by becoming another program.
        case bare
        /// The last of them has a child that has shed its environment.
        case parentOfBare
    }

    package var count: Int
    package var kind: Daemon
    /// Nil: it stays, as stubborn as they are.
    package var exitStatus: Int?

    package init(_ count: Int, _ kind: Daemon = .plain, exitStatus: Int? = nil) {
        self.count = count
        self.kind = kind
        self.exitStatus = exitStatus
    }

    /// Each daemon's pipe is read to its end: that comes when it is closed by whoever has it, at the latest by `execve`.
    package var program: String {
        """
        import os, signal, time
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
        def become_bare(): os.execve("/bin/sleep", ["sleep", "1000"], {})
        for i in range(\(count)):
            told, done = os.pipe()
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    \(step)
                    os.close(done)
                    while True: time.sleep(1000)
                os._exit(0)
            os.close(done)
            os.wait()
            os.read(told, 1)
            os.close(told)
        print("ready", flush=True)
        \(exitStatus.map { "os._exit(\($0))" } ?? "while True: time.sleep(1000)")
        """
    }

    private var step: String {
        switch kind {
        case .plain: "pass"
        case .bare: "become_bare()"
        case .parentOfBare: "if i == \(count - 1) and os.fork() == 0: become_bare()"
        }
    }
}
