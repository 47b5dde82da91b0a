import Glibc
import Loop
import Wire

/// Programs that hang in every way, each with somebody attached who types: the other terminals and all requests are
/// answered as before, and in the end every one of them ends.
struct HungTerminalsScenario: Scenario {
    let name = "terminals hang"

    private enum Way: CaseIterable {
        case stopped, outputNotRead, outputHeldBack, inputNotRead, deadPipe, ignoresSignals, childrenGone,
            holderStopped
    }

    private struct Hung {
        let id: String
        let visit: TerminalVisit
    }

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let ground = try await TerminalGround.start(on: loop)
        let ids = try (0..<4).map { _ in try ground.make("stty raw -echo; printf ready; exec cat") }
        let echoes = try ids.map { id in
            let visit = try TerminalVisit(id, of: ground.server)
            try visit.read(until: { visit.offset == 5 })
            return visit
        }
        let count = scale.pick(short: 500, full: 20_000)
        _ = try measure(count / 10, echoes, ids, ground)
        let quiet = try measure(count, echoes, ids, ground)
        var hung: [Hung] = []
        for _ in 0..<scale.pick(short: 1, full: 5) {
            for way in Way.allCases { hung.append(try await hang(in: way, ground, on: loop)) }
        }
        let beside = try measure(count, echoes, ids, ground)
        for terminal in hung { try expect(!terminal.visit.hasNewsOfItsEnd, "\(terminal.id) does not hang") }
        let ratios = (beside.keys.p99 / quiet.keys.p99, beside.requests.p99 / quiet.requests.p99)
        // What the kernel's scheduler does to a few threads on a busy machine is neither.
        try expect(
            !scale.isFull || ratios.0 < 2 || beside.keys.p99 < .milliseconds(5),
            "of 100 keys, 99 were echoed within \(beside.keys.p99), and \(quiet.keys.p99) before")
        try expect(
            !scale.isFull || ratios.1 < 2 || beside.requests.p99 < .milliseconds(10),
            "of 100 requests, 99 were answered within \(beside.requests.p99), and \(quiet.requests.p99) before"
        )
        let start = loop.clock.now
        for id in hung.map(\.id) + ids { try ground.end(id) }
        try await ground.emptied(within: .seconds(20), on: loop)
        let took = loop.clock.now - start
        for visit in hung.map(\.visit) + echoes { visit.peer.close() }
        try await ground.finish(on: loop)
        return """
            echo of a key \(quiet.keys), beside \(hung.count) that hang \(beside.keys), \(Self.times(ratios.0)); \
            requests \(quiet.requests), then \(beside.requests), \(Self.times(ratios.1)); all ended in \
            \(took.milliseconds) ms
            """
    }

    private static func times(_ ratio: Double) -> String { "\(Double(Int(ratio * 100)) / 100) times" }

    /// Keys that are typed one after the other into the terminals that echo them, and requests between them.
    private func measure(
        _ count: Int, _ echoes: [TerminalVisit], _ ids: [String], _ ground: TerminalGround
    ) throws -> (keys: Latencies, requests: Latencies) {
        var (keys, requests) = (Latencies(), Latencies())
        let clock = SystemClock()
        for index in 0..<count {
            let visit = echoes[index % echoes.count]
            let next = visit.offset + 1
            let key = "\(index % 10)"
            var start = clock.now
            try visit.type(key)
            try visit.read(
                until: { visit.offset == next },
                hear: { _, said in
                    try expect(said.elementsEqual(key.utf8), "“\(key)” was echoed as \(Array(said))")
                })
            keys.add(clock.now - start)
            guard index % 10 == 0 else { continue }
            // Not the list of terminals, which is as long as there are many.
            let path = ["terminals/\(ids[index % ids.count])", "feeds", "tasks", "terminal-templates"]
            start = clock.now
            let answer = try ground.server.ask("GET", "/api/v1/\(path[index / 10 % path.count])")
            requests.add(clock.now - start)
            _ = try answer.object()
        }
        return (keys, requests)
    }

    private func hang(in way: Way, _ ground: TerminalGround, on loop: isolated EventLoop) async throws -> Hung
    {
        let said: String
        let id: String
        switch way {
        case .holderStopped: (said, id) = ("r", try ground.make("trap '' HUP; printf r; sleep 1000"))
        case .stopped: (said, id) = ("r", try ground.make("printf r; kill -STOP $$; sleep 1000"))
        case .outputNotRead: (said, id) = ("y", try ground.make("exec yes"))
        case .outputHeldBack: (said, id) = ("r", try ground.make("printf r; read key; exec yes"))
        case .inputNotRead: (said, id) = ("r", try ground.make("stty raw -echo; printf r; exec sleep 1000"))
        case .deadPipe:
            (said, id) = ("r", try ground.make("d=$(mktemp -d); mkfifo $d/p; printf r; exec cat $d/p"))
        case .ignoresSignals:
            (said, id) = (
                "r", try ground.make("trap '' HUP TERM INT QUIT; printf r; while :; do sleep 1000; done")
            )
        case .childrenGone:
            let child = "trap \"\" HUP TERM; sleep 1000"
            (said, id) = (
                "r",
                try ground.make(
                    "for i in 1 2 3; do (setsid sh -c '\(child)' &); done; printf r; exec sleep 1000")
            )
        }
        let isStuck = way == .outputNotRead
        let visit = try TerminalVisit(id, of: ground.server, receiveBuffer: isStuck ? 4096 : nil)
        try visit.read(until: { visit.offset > 0 }) { at, bytes in
            try expect(at > 0 || bytes.first == said.utf8.first, "\(id) said \(Array(bytes.prefix(20)))")
        }
        switch way {
        case .outputNotRead: try await ground.standstill(of: id, on: loop)
        case .outputHeldBack:
            // Ctrl-S, once it is flooding.
            try visit.type("\r")
            try visit.read(until: { visit.offset > 10_000 })
            try visit.type("\u{13}")
            while visit.hasNews(within: 200) { try visit.read() }
        case .inputNotRead: try fill(visit)
        case .holderStopped:
            try ground.stopHolder(of: id)
            try visit.type("what nobody reads\r")
        default: try visit.type("what nobody reads\r\u{3}")
        }
        return Hung(id: id, visit: visit)
    }

    /// Types until nothing more is taken on the whole way.
    private func fill(_ visit: TerminalVisit) throws {
        let page = Peer.frame(.binary, String(repeating: "x", count: 64_000))
        var sent = 0
        while true {
            let count = unsafe page[sent...].withUnsafeBytes { bytes in
                unsafe send(
                    visit.peer.raw, bytes.baseAddress!, bytes.count,
                    CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
            }
            if count > 0 {
                sent = (sent + count) % page.count
                continue
            }
            try expect(errno == EAGAIN || errno == EINTR, "\(SystemError("send"))")
            var place = pollfd(fd: visit.peer.raw, events: Int16(POLLOUT), revents: 0)
            if unsafe poll(&place, 1, 200) == 0 { return }
        }
    }
}

extension TerminalVisit {
    /// Looks at what has come without waiting for more.
    fileprivate var hasNewsOfItsEnd: Bool { exit != nil || close != nil || isOver }
}
