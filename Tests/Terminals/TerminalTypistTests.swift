import Loop
import Synchronization
import Terminals
import TestKit
import Testing

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
