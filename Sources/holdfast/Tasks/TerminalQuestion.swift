import Glibc
import Loop

/// Asks whoever sits at the terminal of standard input whether to cancel the task. Lives on one loop.
final class TerminalQuestion: ReadinessHandler {
    enum Answer: Sendable {
        case cancel, leave
        /// Nobody answered.
        case nothing
    }

    private static let patience = Duration.seconds(60)
    private static let text = "cancel the task, or leave it running? [c/l] "

    private let heard = Waiter()
    private var line: [UInt8] = []
    private var isOver = false

    /// Whether there is somebody: a job in the background may not read from its terminal.
    static var canBeAsked: Bool {
        isatty(STDIN_FILENO) == 1 && tcgetpgrp(STDIN_FILENO) == getpgrp()
    }

    /// The answer, or `nothing` when a minute has passed or `stop` was called.
    func ask(on loop: isolated EventLoop) async -> Answer {
        let raw = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        guard raw >= 0 else { return .nothing }
        let input = Descriptor(owning: raw)
        // What was typed before is no answer.
        tcflush(STDIN_FILENO, TCIFLUSH)
        let watch: WatchToken
        do throws(SystemError) {
            watch = try loop.watch(input, for: .readable, telling: self)
        } catch {
            input.close()
            return .nothing
        }
        let answer = await answer(until: loop.now + Self.patience, on: loop)
        loop.unwatch(watch)
        input.close()
        return answer
    }

    func stop(on loop: isolated EventLoop) {
        isOver = true
        heard.signal(on: loop)
    }

    private func answer(until deadline: Instant, on loop: isolated EventLoop) async -> Answer {
        while !isOver {
            say(Self.text)
            guard await heard.wait(until: deadline, on: loop) == .signalled, !isOver else { break }
            switch String(decoding: line, as: UTF8.self).lowercased().drop(while: \.isWhitespace).first {
            case "c": return .cancel
            case "l": return .leave
            default: line = []
            }
        }
        say("\n")
        return .nothing
    }

    private func say(_ text: String) { try? Output.note(Array(text.utf8)) }

    /// A terminal gives a line at a time, and at once where it is ready.
    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(STDIN_FILENO, &chunk, chunk.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        // The end of the input is that of the talk: what runs is left alone.
        line = count > 0 ? Array(chunk.prefix(count)) : Array("l".utf8)
        heard.signal(on: loop)
    }
}
