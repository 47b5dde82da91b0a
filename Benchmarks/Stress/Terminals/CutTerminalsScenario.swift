import Loop

/// A flooding program whose reader is cut off at random bytes, also within an answer, a frame or its header, and comes
/// back with how many bytes of the program it has had: it gets all of them, but for those that it is told are gone.
struct CutTerminalsScenario: Scenario {
    let name = "terminals cut"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let ground = try await TerminalGround.start(on: loop)
        let last = scale.pick(short: 200_000, full: 5_000_000)
        let cuts = scale.pick(short: 40, full: 1000)
        var random = scale.random
        let expected = Self.numbers(to: last)
        let id = try ground.make("stty -echo; printf ready; read go; exec seq 1 \(last)")
        let first = try TerminalVisit(id, of: ground.server)
        try first.read(until: { first.offset == 5 })
        try first.type("go\r")
        let start = 5
        var (offset, rounds, whole, lost, gaps, heard) = (start, 0, 0, 0, 0, 0)
        while rounds < cuts {
            let visit = try TerminalVisit(id, of: ground.server, after: offset)
            // So many that all cuts find something to cut, of whatever size.
            let most = max(1, 2 * (start + expected.count - offset) / (cuts - rounds + 2))
            var budget = Int.random(in: 1...min(most, 1 << 20), using: &random)
            if Int.random(in: 0..<8, using: &random) == 0 { budget = Int.random(in: 1...400, using: &random) }
            var isCut = false
            while budget > 0, !visit.isOver {
                budget -= try visit.read(atMost: min(budget, 65_536)) { at, said in
                    try check(said, at: at - start, against: expected)
                    heard += said.count
                }
                isCut = budget <= 0
            }
            try expect(
                isCut, "it ended at \(visit.offset) of \(start + expected.count), with \(visit.close ?? 0)")
            if !visit.isAttached { whole += 1 }
            offset = visit.isAttached ? visit.offset : offset
            gaps += visit.gaps.count
            lost += visit.gaps.reduce(0) { $0 + $1.to - $1.from }
            rounds += 1
            visit.peer.reset()
        }
        first.peer.reset()
        let rest = try TerminalVisit(id, of: ground.server, after: offset)
        try rest.readToEnd { at, said in
            try check(said, at: at - start, against: expected)
            heard += said.count
        }
        lost += rest.gaps.reduce(0) { $0 + $1.to - $1.from }
        gaps += rest.gaps.count
        try expect(
            rest.close == 1000 && rest.exit == "0", "the end was \(rest.close ?? 0), \(rest.exit ?? "none")")
        try expect(
            rest.offset == start + expected.count && heard + lost == expected.count,
            "\(heard) bytes heard and \(lost) lost are not the \(expected.count) written; it ended at \(rest.offset)"
        )
        rest.peer.close()
        try await ground.finish(on: loop)
        return """
            \(expected.count) bytes over \(rounds) cuts, \(whole) of them before the first message; \(heard) heard, \
            \(lost) told to be gone in \(gaps) gaps
            """
    }

    private func check(_ said: ArraySlice<UInt8>, at place: Int, against expected: [UInt8]) throws {
        try expect(
            place >= 0 && place + said.count <= expected.count
                && said == expected[place..<place + said.count],
            "at \(place) it said \(String(decoding: said.prefix(80), as: UTF8.self))")
    }

    /// What `seq` says on a terminal.
    private static func numbers(to last: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(last * 9)
        for number in 1...last {
            let start = bytes.count
            var left = number
            while left > 0 {
                bytes.append(UInt8(48 + left % 10))
                left /= 10
            }
            bytes[start...].reverse()
            bytes.append(13)
            bytes.append(10)
        }
        return bytes
    }
}
