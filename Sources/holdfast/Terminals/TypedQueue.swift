/// What was typed, until the terminal has taken it: what went over a connection that broke goes again over the next,
/// from the first byte on that the terminal does not have.
///
/// A terminal that does not say how much it takes gets everything once.
struct TypedQueue {
    /// As much may be under way at a time.
    private static let mostUnderWay = 256 << 10
    private static let frame = 16 << 10

    private var bytes: ArraySlice<UInt8> = []
    /// So many of them went over the connection that there is.
    private var sent = 0
    /// How many the terminal took before these; nil where it does not say.
    private var taken: UInt64?
    /// What the terminal calls us.
    private(set) var typist: String?

    /// How many are not sent yet.
    var waiting: Int { bytes.count - sent }

    private var hasTyped: Bool { sent > 0 || taken ?? 0 > 0 }

    mutating func add(_ more: [UInt8]) { bytes += more }

    /// There is a new connection, on which the terminal calls us `name` and has taken `count` bytes of ours.
    ///
    /// Returns nil where it goes on behind what was taken. One that calls us another name, as after a restart of its
    /// server, may have lost what it took, and cannot say so: what still waits is not typed behind such a hole, and
    /// so many bytes that was.
    mutating func begin(as name: String?, taken count: UInt64?) -> Int? {
        defer { (typist, taken, sent) = (name, count, 0) }
        if let name, name == typist, let count {
            take(upTo: count)
            return nil
        }
        guard hasTyped else { return nil }
        defer { bytes = [] }
        return waiting
    }

    /// The terminal has taken so many by now.
    mutating func take(upTo count: UInt64) {
        guard let before = taken, count > before else { return }
        let news = Int(min(count - before, UInt64(sent)))
        bytes.removeFirst(news)
        sent -= news
        taken = count
    }

    /// What is to be sent next.
    mutating func next() -> [UInt8]? {
        let room = taken == nil ? Self.frame : min(Self.frame, Self.mostUnderWay - sent)
        let piece = Array(bytes.dropFirst(sent).prefix(room))
        guard !piece.isEmpty else { return nil }
        if taken == nil { bytes.removeFirst(piece.count) } else { sent += piece.count }
        return piece
    }
}
