import Configuration
import Glibc
import Loop
import Terminals

/// Waits for the time of each event of a recording, and hears what the person types meanwhile. Lives on one loop; its
/// owner calls `stop`, and then gives the terminal back.
final class Player: KeyboardOwner, SignalHandler {
    enum Turn: Sendable { case go, quit, interrupted }

    static let signals: [CInt] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT]

    private var playback: Playback
    private var keyboard: Keyboard?
    private var hears: Signals?
    private let heard = Waiter()
    private var end: Turn?

    init(_ playback: Playback) { self.playback = playback }

    func start(on loop: isolated EventLoop) throws(SystemError) {
        hears = try Signals(Self.signals, telling: self, on: loop)
        guard LocalTerminal.isInput else { return }
        try LocalTerminal.enterRaw()
        let keyboard = Keyboard(telling: self)
        self.keyboard = keyboard
        try keyboard.start(on: loop)
    }

    /// Comes back when what happened at `time` is due, or the person wants to end.
    func wait(for time: Duration, on loop: isolated EventLoop) async -> Turn {
        playback.expect(time, now: loop.now)
        while end == nil, loop.now < playback.deadline {
            _ = await heard.wait(until: playback.deadline, on: loop)
        }
        return end ?? .go
    }

    func stop(on loop: isolated EventLoop) {
        keyboard?.stop(on: loop)
        hears?.close(on: loop)
    }

    func typed(_ bytes: [UInt8], on loop: isolated EventLoop) {
        for key in bytes {
            switch key {
            case UInt8(ascii: " "): playback.toggle(now: loop.now)
            case UInt8(ascii: "q"), 0x03: end = end ?? .quit
            default: break
            }
        }
        heard.signal(on: loop)
    }

    /// Nobody can pause any more; it plays on.
    func inputEnded(on loop: isolated EventLoop) {
        if playback.isPaused { playback.toggle(now: loop.now) }
        heard.signal(on: loop)
    }

    func received(_ signal: CInt, on loop: isolated EventLoop) {
        switch signal {
        case SIGTSTP:
            LocalTerminal.leaveRaw()
            kill(getpid(), SIGSTOP)
        case SIGCONT:
            LocalTerminal.leaveRaw()
            if keyboard != nil { try? LocalTerminal.enterRaw() }
        case _ where end != nil: LastExit.now(.interrupted)
        default:
            end = .interrupted
            heard.signal(on: loop)
        }
    }
}
