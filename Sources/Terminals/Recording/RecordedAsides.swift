import Loop

/// What was done at a terminal that is recorded, until all is written that the terminal had said before.
struct RecordedAsides {
    enum What {
        case typed([UInt8])
        case resized(TerminalSize)
        /// More than may wait.
        case lost
    }

    /// So many bytes wait, what goes with each counted.
    private static let mostBytes = 1 << 20

    private var waiting: [(place: UInt64, time: Duration, what: What)] = []
    private var bytes = 0

    /// It was done when the terminal had said so many bytes.
    mutating func add(_ what: What, after place: UInt64, at time: Duration) {
        let isFull = bytes >= Self.mostBytes
        if isFull, case .lost? = waiting.last?.what { return }
        let what = isFull ? .lost : what
        bytes += Self.size(what)
        waiting.append((place, time, what))
    }

    /// Writes what was done before the terminal said more than so many bytes.
    mutating func write(upTo place: UInt64, by writer: inout AsciicastWriter, to lines: inout [UInt8]) {
        guard let first = waiting.first, first.place <= place else { return }
        let due = waiting.prefix { $0.place <= place }
        for (_, time, what) in due {
            switch what {
            case .typed(let typed): writer.input(typed, at: time, to: &lines)
            case .resized(let size):
                writer.resize(columns: Int(size.cols), rows: Int(size.rows), at: time, to: &lines)
            case .lost: writer.remark("what was typed or resized here is missing", at: time, to: &lines)
            }
            bytes -= Self.size(what)
        }
        waiting.removeFirst(due.count)
    }

    private static func size(_ what: What) -> Int {
        if case .typed(let typed) = what { return 64 + typed.count }
        return 64
    }
}
