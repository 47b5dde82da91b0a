import Transport
import Loop
import Terminals

/// Something that is to be done with a terminal where it lives.
enum TerminalDeed: Sendable {
    case type([UInt8])
    case resize(TerminalSize)
    case signal(String)
    case extend

    /// What it takes while it waits, about.
    var byteCount: Int {
        if case .type(let bytes) = self { bytes.count + 64 } else { 64 }
    }
}

/// How what is typed gets to the terminal: in order, at once where both are on one loop, and by a task that carries all
/// that waits where they are not. Where there is no room the socket is not read from until there is.
extension TerminalReader {
    /// From so many bytes on that are not carried yet the socket is not read from.
    private static let mostWaiting = 256 << 10

    func take(_ deed: TerminalDeed, on loop: isolated EventLoop) {
        if hasJoined, deeds.isEmpty, !isCarrying, ticket.terminal.loop === loop {
            let terminal = ticket.terminal.open(on: loop)
            tell(Self.perform([deed], terminal, seat, bell, on: loop), on: loop)
        } else {
            deeds.append(deed)
            waitingBytes += deed.byteCount
            carry(on: loop)
        }
        settleReading(on: loop)
    }

    func carry(on loop: isolated EventLoop) {
        guard hasJoined, !isCarrying, !deeds.isEmpty else { return }
        isCarrying = true
        Task {
            while !deeds.isEmpty, isOpen {
                let batch = deeds
                deeds = []
                let outcome = await ticket.terminal.run { [seat, bell] terminal, loop in
                    Self.perform(batch, terminal, seat, bell, on: loop)
                }
                waitingBytes -= batch.reduce(0) { $0 + $1.byteCount }
                tell(outcome, on: loop)
                settleReading(on: loop)
            }
            isCarrying = false
            settle(on: loop)
        }
    }

    func settleReading(on loop: isolated EventLoop) {
        if bell.isFull || waitingBytes > Self.mostWaiting {
            socket?.holdReading(on: loop)
        } else {
            socket?.resumeReading(on: loop)
        }
    }

    /// What came of what was wanted.
    private struct Outcome: Sendable {
        /// So many bytes were typed.
        var typed = 0
        /// For who wanted something and cannot have it.
        var complaints: [String] = []
    }

    private func tell(_ outcome: Outcome, on loop: isolated EventLoop) {
        for sentence in outcome.complaints { complain(sentence, on: loop) }
        guard let before = typed, outcome.typed > 0 else { return }
        typed = before + UInt64(outcome.typed)
        say("typed", #"{"offset":\#(before + UInt64(outcome.typed))}"#, on: loop)
    }

    /// Where the terminal lives.
    private static func perform(
        _ deeds: [TerminalDeed], _ terminal: Terminal, _ seat: TerminalSeat, _ bell: TerminalBell,
        on loop: isolated EventLoop
    ) -> Outcome {
        var outcome = Outcome()
        for deed in deeds {
            do throws(TerminalError) {
                switch deed {
                case .type(let bytes):
                    if try !terminal.type(bytes, from: seat, on: loop) { bell.fill() }
                    outcome.typed += bytes.count
                case .resize(let size): terminal.resize(seat, to: size, on: loop)
                case .signal(let name): try terminal.signal(name, on: loop)
                case .extend: terminal.extend(on: loop)
                }
            } catch {
                outcome.complaints.append(error.sentence)
            }
        }
        return outcome
    }
}
