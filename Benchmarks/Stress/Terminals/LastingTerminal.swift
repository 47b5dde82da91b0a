import Glibc

/// A terminal that is there in every life of its server, and all that it is known to have said.
final class LastingTerminal {
    enum Program: CaseIterable {
        case counter, flood, shell, editor, sleeper

        /// What it says follows from where: lines with one number after the other.
        var counts: Bool { self == .counter || self == .flood }
    }

    let program: Program
    let id: String
    let pid: pid_t
    /// Of the byte that has not been heard.
    private(set) var offset = 0
    private(set) var lost = 0
    /// All of it, where it does not follow from the place.
    private var said: [UInt8] = []
    private(set) var visit: TerminalVisit?

    init(_ program: Program, on ground: TerminalGround) throws {
        self.program = program
        switch program {
        case .counter:
            id = try ground.make(
                "i=\(Self.first); while :; do echo $i; i=$((i+1)); sleep 0.01; done")
        case .flood: id = try ground.make("exec seq \(Self.first) 999999999")
        case .shell: id = try ground.make("/bin/sh", ["-i"], environment: ["PS1": "$ ", "ENV": "/dev/null"])
        case .editor: id = try ground.make(Self.editor)
        case .sleeper: id = try ground.make("printf asleep; exec sleep 1000")
        }
        pid = try ground.pid(of: id)
    }

    private static let first = 100_000_000
    private static let editor =
        "printf 'one\\ntwo\\nthree\\n' | if test -x /usr/bin/vim; then exec vim -u NONE -; else exec less; fi"

    /// Comes, or comes back to the byte behind the last one.
    func come(to server: ServerUnderTest) throws { visit = try TerminalVisit(id, of: server, after: offset) }

    /// Reads what has come. False where nothing more can.
    func read() throws -> Bool {
        guard let visit else { return false }
        // Before it says where it is, and where it says that some is gone, it is elsewhere.
        try visit.read { at, bytes in
            try expect(
                at >= offset && (at == offset || program == .flood), "\(id) went from \(offset) to \(at)")
            try check(bytes, at: at)
            lost += at - offset
            offset = at + bytes.count
        }
        return !visit.isOver
    }

    /// Reads until it has said something more.
    func hear(_ isEnough: (LastingTerminal) -> Bool) throws {
        while !isEnough(self) {
            try expect(try read(), "\(id) (\(program)) ended at \(offset): \(tail)")
        }
    }

    var tail: String { String(decoding: said.suffix(300), as: UTF8.self) }

    /// All that is kept of it is what was heard before, and nothing is missing that the window holds.
    func compareWindow(on server: ServerUnderTest) throws {
        let known = offset
        let visit = try TerminalVisit(id, of: server)
        var begin: Int?
        try visit.read(until: { visit.isAttached && visit.offset >= known }) { at, bytes in
            begin = begin ?? at
            // What it has said since comes to be compared when it is heard.
            if at < known { try check(bytes.prefix(known - at), at: at) }
        }
        try expect(
            program == .flood || visit.keptFrom == 0,
            "of \(id) (\(program)) the first \(visit.keptFrom) are gone")
        // A flood may have gone on over what was kept when the visitor came; it is told so.
        try expect(
            program == .flood || begin == nil || begin == visit.keptFrom, "it began at \(begin ?? 0)")
        visit.peer.reset()
    }

    /// What it says at a place is what it said there before, or has to say there.
    private func check(_ bytes: ArraySlice<UInt8>, at place: Int) throws {
        if program.counts {
            try expect(
                zip(bytes, place...).allSatisfy { $0 == Self.byte(at: $1) },
                "\(id) at \(place) said \(String(decoding: bytes.prefix(80), as: UTF8.self))")
        } else {
            let known = said[min(place, said.count)...].prefix(bytes.count)
            try expect(
                place <= said.count && bytes.prefix(known.count) == known,
                "\(id) at \(place) said \(String(decoding: bytes.prefix(80), as: UTF8.self)), and before "
                    + "\(String(decoding: known.prefix(80), as: UTF8.self))")
            said += bytes.dropFirst(known.count)
        }
    }

    private static func byte(at place: Int) -> UInt8 {
        let column = place % 11
        guard column < 9 else { return column == 9 ? 13 : 10 }
        var number = first + place / 11
        for _ in column..<8 { number /= 10 }
        return UInt8(48 + number % 10)
    }
}
