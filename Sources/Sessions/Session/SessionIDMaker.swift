import Loop

/// Makes the ids of one registry, each greater than the one before, and reads the time back out of them.
///
/// The wall clock is looked at once; from then on the loop's own clock counts, so an id never runs
/// backwards, and a test's clock makes the ids of its own time.
struct SessionIDMaker {
    private let origin: Int
    private let anchor: Instant
    private let anchorMilliseconds: Int64
    private var lastMilliseconds: Int64 = 0
    private var sequence: UInt64 = 0

    init(origin: Int, now: Instant, wallMilliseconds: Int64) {
        precondition(origin < SessionID.mostOrigins, "more registries than an id can tell apart")
        self.origin = origin
        anchor = now
        anchorMilliseconds = wallMilliseconds
    }

    mutating func next(at now: Instant) -> SessionID {
        let milliseconds = anchorMilliseconds + (now - anchor).milliseconds
        if milliseconds > lastMilliseconds {
            lastMilliseconds = milliseconds
            sequence = 0
        } else if sequence + 1 < 1 << SessionID.sequenceBits {
            sequence += 1
        } else {
            // 8,192 in one millisecond: the next is lent to us.
            lastMilliseconds += 1
            sequence = 0
        }
        return SessionID(milliseconds: lastMilliseconds, origin: origin, sequence: sequence)
    }

    /// The loop's time at which the session of this id was opened, to the millisecond.
    func instant(of id: SessionID) -> Instant { anchor + .milliseconds(id.milliseconds - anchorMilliseconds) }
}
