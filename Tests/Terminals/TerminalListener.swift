import Loop
import Sessions
import Terminals
import TestKit
import Wire

/// Reads a terminal's log on a loop, as a socket would.
final class TerminalListener: LogReader {
    struct Heard: Sendable {
        var bytes: [UInt8] = []
        /// What was said in text.
        var remarks: [String] = []
        var ending: Ending?

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    var cursor: Cursor?
    private(set) var heard = Heard()
    private let news = Waiter()

    func hear(_ log: Log, on loop: isolated EventLoop) { pull(on: loop) }

    func attach(to log: SharedLog, at arrival: Terminal.Arrival, on loop: isolated EventLoop) async {
        heard.bytes += arrival.place.rest
        await log.attach(self, after: arrival.place.after, on: loop)
        pull(on: loop)
    }

    private func pull(on loop: isolated EventLoop) {
        while cursor != nil {
            switch cursor!.pending(on: loop) {
            case .slice(let slice):
                for entry in slice.entries {
                    if entry.kind == .binary {
                        unsafe heard.bytes += entry.payload
                    } else {
                        unsafe heard.remarks.append(String(decoding: entry.payload, as: UTF8.self))
                    }
                }
                cursor!.advance(past: slice)
            case .ended:
                heard.ending = cursor!.log.ending
                cursor!.log.detach(self, on: loop)
            case .gap, .reset: cursor!.skip()
            case .nothing, .unreadable:
                news.signal(on: loop)
                return
            }
        }
        news.signal(on: loop)
    }

    /// Waits for it, and what came until then.
    func wait(until isEnough: @Sendable (Heard) -> Bool, on loop: isolated EventLoop) async -> Result<
        Heard, TestFailure
    > {
        let deadline = loop.clock.now + .seconds(30)
        while !isEnough(heard) {
            guard case .signalled = await news.wait(until: deadline, on: loop) else {
                return .failure(TestFailure("only this came: \(heard.text.suffix(200)) \(heard.remarks)"))
            }
        }
        return .success(heard)
    }
}

extension TerminalGround {
    struct Listener {
        let reader: LoopBound<TerminalListener>

        @discardableResult
        func hears(_ text: String) async throws -> TerminalListener.Heard {
            try await wait { $0.text.contains(text) }
        }

        /// So many bytes, or all there are.
        func hears(atLeast count: Int) async throws -> TerminalListener.Heard {
            try await wait { $0.bytes.count >= count || $0.ending != nil }
        }

        /// The last remark of a type, when there are so many; whichever clock it is on.
        func hears(remark type: String, count: Int = 1) async throws -> String {
            var found: [String] = []
            try await eventually("\(count) of \(type) came") {
                let heard = await reader.run { reader, _ in reader.heard }
                found = heard.remarks.filter { $0.contains(#""type":"\#(type)""#) }
                return found.count >= count
            }
            return found.last ?? ""
        }

        func rest() async throws -> TerminalListener.Heard { try await wait { $0.ending != nil } }

        private func wait(_ isEnough: @escaping @Sendable (TerminalListener.Heard) -> Bool) async throws
            -> TerminalListener.Heard
        {
            try await reader.run { reader, loop in await reader.wait(until: isEnough, on: loop) }.get()
        }
    }

    @discardableResult
    func join(
        _ seat: TerminalSeat, _ terminal: LoopBound<Terminal>, after offset: UInt64? = nil,
        size: TerminalSize? = nil
    ) async throws -> Terminal.Arrival {
        try await terminal.run { terminal, loop in
            Result { try terminal.join(seat, after: offset, size: size, takingOver: false, on: loop) }
        }.get()
    }

    /// Reads from `offset` on, on the loop of that number.
    func listener(_ id: TerminalID, after offset: UInt64? = nil, on index: Int = 0) async throws -> Listener {
        let terminal = try terminals.terminal(id)
        let seat = TerminalSeat(isWriter: false, roomAgain: {}, mustLeave: {})
        let arrival = try await join(seat, terminal, after: offset)
        let log = await terminal.run { terminal, _ in terminal.log }
        let reader = LoopBound(TerminalListener(), to: loops[index])
        await reader.run { await $0.attach(to: log, at: arrival, on: $1) }
        return Listener(reader: reader)
    }

    /// All that it says until its end.
    func listen(to id: TerminalID) async throws -> TerminalListener.Heard { try await listener(id).rest() }
}

extension TerminalSeat {
    /// Somebody who types, and takes all that is said.
    static var writer: TerminalSeat {
        let seat = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
        seat.took(to: .max)
        return seat
    }

    static var viewer: TerminalSeat {
        TerminalSeat(isWriter: false, roomAgain: {}, mustLeave: {})
    }
}
