import Configuration
import Glibc
import Loop

/// Ends the program that was told to end and waits for somebody who does not answer. The terminal is given back.
final class LastExit: TimerHandler {
    private let code: ExitCode

    init(_ code: ExitCode) { self.code = code }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) { Self.now(code) }

    static func now(_ code: ExitCode) -> Never {
        LocalTerminal.leaveRaw()
        _exit(code.rawValue)
    }
}
