import CLinux
import Glibc
import Loop

/// Whoever brings what is typed.
protocol TerminalInputOwner: AnyObject {
    /// There is room again after there was none.
    func inputHasRoom(on loop: isolated EventLoop)
}

/// What people type, on its way into a terminal; and the other things that its outer side can do.
///
/// What the program does not read waits, up to a bound; beyond that nothing is taken, whoever brings it, until there is
/// room, which the owner is told. Lives on one loop and ends by `close`.
final class TerminalInput: ReadinessHandler {
    /// Where as much waits for the program, nothing more is taken: no more waits than that and what was brought last.
    static let room = 1 << 20

    /// Nil when its program is over.
    private var terminal: Descriptor?
    private var watch: WatchToken?
    private var queue: [UInt8] = []
    private var sent = 0
    private var isBlocked = false
    private var isFull = false
    weak var owner: (any TerminalInputOwner)?

    /// - Parameter raw: the terminal's outer side, of which this is the owner; nil where that is closed already.
    init(_ raw: CInt?) {
        if let raw { terminal = Descriptor(owning: raw) }
    }

    func begin(on loop: isolated EventLoop) throws(SystemError) {
        guard let terminal = terminal.take() else { return }
        do throws(SystemError) {
            watch = try loop.watch(terminal, for: .edge, telling: self)
        } catch {
            terminal.close()
            throw error
        }
        self.terminal = consume terminal
    }

    deinit { terminal.take()?.close() }

    var isOpen: Bool { terminal != nil }
    private var waiting: Int { queue.count - sent }

    /// Takes all of `bytes`; or nothing, and false, where whoever brings them must wait until there is room.
    func type(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        guard !isFull else { return false }
        queue += bytes
        flush(on: loop)
        if waiting >= Self.room { isFull = true }
        return true
    }

    /// The program may be told by signals what a key would tell it.
    func signal(_ number: CInt) throws(TerminalError) {
        guard let raw = terminal?.raw else { throw .over }
        let group = hf_foreground_group(raw)
        guard group > 1, isHere(group, raw) else { throw .nobodyToSignal }
        guard kill(-group, number) == 0 else { throw errno == EPERM ? .mayNotSignal : .nobodyToSignal }
    }

    /// When all of a group have ended, the terminal still has its number in the foreground, and the number may be
    /// another's by now, in another session. That of a group whose first has ended is nobody else's while others are in it.
    private func isHere(_ group: pid_t, _ raw: CInt) -> Bool {
        let session = getsid(group)
        return session < 0 || session == tcgetsid(raw)
    }

    func resize(to size: TerminalSize) {
        // Refused only by a terminal that is gone.
        try? terminal?.resizeTerminal(columns: size.cols, rows: size.rows)
    }

    func close(on loop: isolated EventLoop) {
        guard let terminal = terminal.take() else { return }
        if let watch { loop.unwatch(watch) }
        watch = nil
        terminal.close()
        queue = []
        sent = 0
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) { flush(on: loop) }

    private func flush(on loop: isolated EventLoop) {
        let wasBlocked = isBlocked
        isBlocked = false
        while let raw = terminal?.raw, sent < queue.count, !isBlocked {
            let count = unsafe queue.withUnsafeBytes { bytes in
                unsafe write(raw, bytes.baseAddress! + sent, bytes.count - sent)
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN {
                isBlocked = true
            } else if errno != EINTR {
                // No program has it open: nobody will ever read this.
                sent = queue.count
            }
        }
        if sent == queue.count || sent > Self.room {
            queue.removeFirst(sent)
            sent = 0
        }
        if isBlocked != wasBlocked, let watch {
            loop.change(watch, to: isBlocked ? [.writable, .edge] : .edge)
        }
        guard isFull, waiting <= Self.room / 2 else { return }
        isFull = false
        owner?.inputHasRoom(on: loop)
    }
}
