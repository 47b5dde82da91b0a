import Loop
import Sessions
import Synchronization
import TestKit
import Testing

@testable import Terminals

/// Who has to leave when somebody comes to type.
@Suite(.serialized) struct TerminalTakeoverTests {
    /// Somebody who types, and hears when it must leave.
    private final class Typist: Sendable {
        private let hasToLeave = Atomic<Bool>(false)
        var mustLeave: Bool { hasToLeave.load(ordering: .acquiring) }

        func seat() -> TerminalSeat {
            TerminalSeat(
                isWriter: true, roomAgain: {},
                mustLeave: { self.hasToLeave.store(true, ordering: .releasing) })
        }
    }

    @Test func whoComesIsToldWhetherSomebodyHadToLeave() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/bin/cat") { $0.takeover = .replace }
            let terminal = try ground.terminals.terminal(info.record.id)
            let (first, second) = (Typist(), Typist())
            #expect(try await !ground.join(first.seat(), terminal).tookOver && !first.mustLeave)
            #expect(try await !ground.join(.viewer, terminal).tookOver && !first.mustLeave)
            #expect(try await ground.join(second.seat(), terminal).tookOver && first.mustLeave)
            #expect(!second.mustLeave)
        }
    }

    @Test(arguments: [TerminalRecord.Takeover.replace, .refuse])
    func whoComesWhileItEndsHearsItsEndAndSendsNobodyAway(_ takeover: TerminalRecord.Takeover) async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/bin/cat") { $0.takeover = takeover }
            let terminal = try ground.terminals.terminal(info.record.id)
            let (first, second) = (Typist(), Typist())
            try await ground.join(first.seat(), terminal)
            let seat = second.seat()
            let arrival = try await terminal.run { terminal, loop in
                terminal.session?.end(Ending(.cancelled), on: loop)
                return Result {
                    try terminal.join(seat, after: nil, size: nil, takingOver: false, on: loop)
                }
            }.get()
            #expect(!arrival.tookOver && !first.mustLeave)
            // Nor does anybody have to leave for one who comes when all is over.
            _ = try await ground.end(of: info.record.id)
            #expect(try await !ground.join(.writer, terminal).tookOver && !first.mustLeave)
        }
    }
}
