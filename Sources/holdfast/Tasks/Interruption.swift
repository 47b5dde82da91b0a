import Configuration
import Glibc
import Loop

/// What people say by signals to a command that follows a task. Lives on one loop; its owner calls `stop`.
///
/// Until a task is asked for, a signal ends the program. Then signals wait to be taken, and whoever waits for something
/// else is told; a third that waits ends the program whatever hangs.
final class Interruption: SignalHandler {
    private static let mostWaiting = 2

    private var signals: Signals?
    private var waiting: [CInt] = []
    private var isHeld = false
    /// What waits for messages.
    private var following: Following?
    /// What waits for an answer on the terminal.
    private var question: TerminalQuestion?

    func start(on loop: isolated EventLoop) throws(SystemError) {
        signals = try Signals([SIGINT, SIGTERM, SIGHUP], telling: self, on: loop)
    }

    /// From now on signals wait.
    func hold(on loop: isolated EventLoop) { isHeld = true }

    func listen(to following: Following, on loop: isolated EventLoop) {
        self.following = following
        if !waiting.isEmpty { following.wake(on: loop) }
    }

    /// The first signal that waits.
    func take(on loop: isolated EventLoop) -> CInt? { waiting.isEmpty ? nil : waiting.removeFirst() }

    /// Asks on the terminal; nil where a signal was the answer.
    func ask(_ question: TerminalQuestion, on loop: isolated EventLoop) async -> TerminalQuestion.Answer? {
        guard waiting.isEmpty else { return nil }
        self.question = question
        let answer = await question.ask(on: loop)
        self.question = nil
        return waiting.isEmpty ? answer : nil
    }

    func stop(on loop: isolated EventLoop) {
        following = nil
        signals?.close(on: loop)
        signals = nil
    }

    func received(_ signal: CInt, on loop: isolated EventLoop) {
        waiting.append(signal)
        if !isHeld || waiting.count > Self.mostWaiting { _exit(ExitCode.interrupted.rawValue) }
        question?.stop(on: loop)
        following?.wake(on: loop)
    }
}
