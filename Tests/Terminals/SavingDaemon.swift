/// A program that says `ready`, and ends by itself when a line is typed. What it leaves behind takes some seconds to end
/// when it is told to, and says `saved` then.
struct SavingDaemon {
    let program = """
        import os, signal, sys, time
        def save(*_):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(3)
            print("saved", flush=True)
            os._exit(0)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, save)
        if os.fork() == 0:
            print("ready", flush=True)
            while True: signal.pause()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        sys.stdin.readline()
        """
}
