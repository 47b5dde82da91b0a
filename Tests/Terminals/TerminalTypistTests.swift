import Loop
import Sessions
import Synchronization
import TestKit
import Testing

@testable import Terminals

/// Who types over several connections, one after the other.
@Suite(.serialized) struct TerminalTypistTests {
    private static func withTerminal(
        _ takeover: TerminalRecord.Takeover,
        _ body: @Sendable (TerminalGround, LoopBound<Terminal>) async throws -> Void
    ) async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/bin/sleep", ["1000"]) { $0.takeover = takeover }
            try await body(ground, try ground.terminals.terminal(info.record.id))
        }
    }

    private static func type(_ text: String, from seat: TerminalSeat, _ terminal: LoopBound<Terminal>) async
        -> TerminalError?
    {
        await terminal.run { terminal, loop in
            do throws(TerminalError) {
                _ = try terminal.type(Array(text.utf8), from: seat, on: loop)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func whatIsTypedIsCountedOverAllConnectionsOfOne() async throws {
        try await Self.withTerminal(.share) { ground, terminal in
            let (first, second, other) = (TerminalSeat.writer, TerminalSeat.writer, TerminalSeat.writer)
            let typist = try #require(try await ground.join(first, terminal, as: .new).typist)
            let stranger = try #require(try await ground.join(other, terminal, as: .new).typist)
            #expect(typist.typed == 0 && typist.name != stranger.name)
            #expect(await Self.type("hello", from: first, terminal) == nil)
            #expect(await Self.type("not of it", from: other, terminal) == nil)
            let arrival = try await ground.join(second, terminal, as: .back(typist.name))
            #expect(arrival.typist?.name == typist.name && arrival.typist?.typed == 5)
            #expect(!arrival.tookOver)
            // What was still on its way over the connection before comes again over this one.
            #expect(await Self.type(" world", from: first, terminal) == .over)
            #expect(await Self.type(" world", from: second, terminal) == nil)
            let last = try await ground.join(.writer, terminal, as: .back(typist.name))
            #expect(last.typist?.typed == 11)
            #expect(await terminal.run { $0.info(on: $1).writers } == 2)
        }
    }

    /// However often somebody comes anew, no more waits for a program that does not read.
    @Test func whatFindsNoRoomIsTakenFromNobody() async throws {
        try await Self.withTerminal(.share) { ground, terminal in
            let paste = [UInt8](repeating: UInt8(ascii: "p"), count: 4 << 20)
            @Sendable func type(from seat: TerminalSeat) async throws -> Bool {
                try await terminal.run { terminal, loop in
                    Result { try terminal.type(paste, from: seat, on: loop) }
                }.get()
            }
            let first = TerminalSeat.writer
            try await ground.join(first, terminal)
            #expect(try await type(from: first))
            let second = TerminalSeat.writer
            let typist = try #require(try await ground.join(second, terminal, as: .new).typist)
            #expect(try await !type(from: second))
            #expect(try await ground.join(.writer, terminal, as: .back(typist.name)).typist?.typed == 0)
            let byRequest = await terminal.run { terminal, loop in try? terminal.type(paste, on: loop) }
            #expect(byRequest == false)
        }
    }

    @Test func whatIsTypedIntoOneThatEndsIsNotCounted() async throws {
        try await Self.withTerminal(.share) { ground, terminal in
            let seat = TerminalSeat.writer
            let name = try #require(try await ground.join(seat, terminal, as: .new).typist?.name)
            #expect(await Self.type("before", from: seat, terminal) == nil)
            _ = await terminal.run { $0.session?.end(Ending(.cancelled), on: $1) }
            #expect(await Self.type("behind", from: seat, terminal) == .over)
            #expect(try await ground.join(.writer, terminal, as: .back(name)).typist?.typed == 6)
        }
    }

    /// What is still on its way over a connection that was replaced does nothing.
    @Test func whoWasReplacedCannotActAnyMore() async throws {
        try await Self.withTerminal(.replace) { ground, terminal in
            let (first, second) = (TerminalSeat.writer, TerminalSeat.writer)
            try await ground.join(first, terminal)
            try await ground.join(second, terminal)
            for deed in Deed.allCases {
                #expect(await Self.act(deed, from: first, terminal) == .over)
                #expect(await Self.act(deed, from: second, terminal) == nil)
            }
        }
    }

    private enum Deed: CaseIterable { case type, resize, extend, signal }

    private static func act(_ deed: Deed, from seat: TerminalSeat, _ terminal: LoopBound<Terminal>) async
        -> TerminalError?
    {
        await terminal.run { terminal, loop in
            do throws(TerminalError) {
                switch deed {
                case .type: _ = try terminal.type([120], from: seat, on: loop)
                case .resize: try terminal.resize(seat, to: TerminalSize(cols: 9, rows: 9), on: loop)
                case .extend: try terminal.extend(from: seat, on: loop)
                case .signal: try terminal.signal("KILL", from: seat, on: loop)
                }
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func aNameThatIsNotKnownGetsAnother() async throws {
        try await Self.withTerminal(.share) { ground, terminal in
            let typist = try await ground.join(.writer, terminal, as: .back("nobody")).typist
            #expect(typist?.typed == 0 && typist?.name != "nobody")
            #expect(try await ground.join(.writer, terminal).typist == nil)
            #expect(try await ground.join(.viewer, terminal, as: .new).typist == nil)
        }
    }

    @Test(arguments: [TerminalRecord.Takeover.refuse, .replace])
    func whoComesBackHasItsOwnPlaceAndTakesNobodysElse(takeover: TerminalRecord.Takeover) async throws {
        try await Self.withTerminal(takeover) { ground, terminal in
            let (first, second) = (Dismissal(), Dismissal())
            let ann = TerminalSeat.writer(first.happen)
            let name = try #require(try await ground.join(ann, terminal, as: .new).typist?.name)
            // The server believes in its connection still.
            let again = TerminalSeat.writer(second.happen)
            #expect(try await !ground.join(again, terminal, as: .back(name)).tookOver)
            #expect(first.hasHappened && !second.hasHappened)
            let bob = TerminalSeat.writer
            let took = try await ground.join(bob, terminal, takingOver: true, as: .new).tookOver
            #expect(took && second.hasHappened)
            await #expect(throws: TerminalError.taken) {
                try await ground.join(.writer, terminal, as: .back(name))
            }
            await terminal.run { $0.leave(bob, on: $1) }
            #expect(try await ground.join(.writer, terminal, as: .back(name)).typist?.name == name)
        }
    }
}

/// Somebody was told to leave.
private final class Dismissal: Sendable {
    private let flag = Atomic(false)

    var hasHappened: Bool { flag.load(ordering: .acquiring) }
    func happen() { flag.store(true, ordering: .releasing) }
}
