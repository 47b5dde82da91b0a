import Loop
import Synchronization
import Terminals
import Transport

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
/// that waits where they are not. What finds no room in the terminal waits here, as long as its connection is there, and
/// the socket is not read from until there is some.
extension TerminalReader {
    /// From so many bytes on that are not carried yet the socket is not read from.
    private static let mostWaiting = 256 << 10

    func take(_ deed: TerminalDeed, on loop: isolated EventLoop) {
        guard !isTooLate else { return }
        let isFirst = deeds.isEmpty && !isCarrying
        deeds.append(deed)
        waitingBytes += deed.byteCount
        if hasJoined, isFirst, ticket.terminal.loop === loop {
            let terminal = ticket.terminal.open(on: loop)
            heed(Self.perform(takeDeeds(), terminal, seat, bell, on: loop), on: loop)
        } else {
            carry(on: loop)
        }
        settleReading(on: loop)
    }

    func carry(on loop: isolated EventLoop) {
        guard hasJoined, !isCarrying, mayCarry else { return }
        isCarrying = true
        Task {
            while mayCarry {
                let outcome = await ticket.terminal.run { [batch = takeDeeds(), seat, bell] terminal, loop in
                    Self.perform(batch, terminal, seat, bell, on: loop)
                }
                heed(outcome, on: loop)
                settleReading(on: loop)
            }
            isCarrying = false
            settle(on: loop)
        }
    }

    private var mayCarry: Bool { !deeds.isEmpty && isOpen && !bell.isFull }

    private func takeDeeds() -> [TerminalDeed] {
        defer { deeds = [] }
        return deeds
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
        /// What that and the other things that were done took while they waited.
        var doneBytes = 0
        /// Where there is no room: what is still to be done.
        var rest: [TerminalDeed] = []
        /// For who wanted something and cannot have it.
        var complaints: [String] = []
        var isTooLate = false
    }

    private func heed(_ outcome: Outcome, on loop: isolated EventLoop) {
        waitingBytes -= outcome.doneBytes
        deeds = outcome.rest + deeds
        ticket.figures.typed.add(outcome.typed, ordering: .relaxed)
        for sentence in outcome.complaints { complain(sentence, on: loop) }
        if outcome.isTooLate {
            isTooLate = true
            deeds = []
            waitingBytes = 0
        }
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
        for (index, deed) in deeds.enumerated() {
            do throws(TerminalError) {
                guard try perform(deed, terminal, seat, on: loop) else {
                    bell.fill()
                    outcome.rest = Array(deeds[index...])
                    return outcome
                }
                if case .type(let bytes) = deed { outcome.typed += bytes.count }
            } catch {
                outcome.complaints.append(error.sentence)
                outcome.isTooLate = error == .over || error == .shuttingDown
                if outcome.isTooLate { return outcome }
            }
            outcome.doneBytes += deed.byteCount
        }
        return outcome
    }

    /// False where there is no room for it.
    private static func perform(
        _ deed: TerminalDeed, _ terminal: Terminal, _ seat: TerminalSeat, on loop: isolated EventLoop
    ) throws(TerminalError) -> Bool {
        switch deed {
        case .type(let bytes): return try terminal.type(bytes, from: seat, on: loop)
        case .resize(let size): try terminal.resize(seat, to: size, on: loop)
        case .signal(let name): try terminal.signal(name, from: seat, on: loop)
        case .extend: try terminal.extend(from: seat, on: loop)
        }
        return true
    }
}
