import Synchronization

/// What a loop lets others see of itself without asking: since when it has been busy, and with whom.
/// Written by the loop with plain stores, read by the watchdog and by the metrics.
package final class LoopPulse: Sendable {
    private let busySince = Atomic<Int64>(0)
    /// The type of who has the turn, as the bits of its metatype; 0 for jobs and for nobody.
    private let holder = Atomic<UInt>(0)
    private let turnCount = Atomic<Int>(0)
    private let stallCount = Atomic<Int>(0)
    /// One for each bound, and one for what is longer than all of them.
    private let durations = InlineArray<11, Atomic<Int>> { _ in Atomic(0) }
    private let busyNanoseconds = Atomic<Int64>(0)

    /// How often the loop has come round.
    package var turns: Int { turnCount.load(ordering: .relaxed) }

    /// How often it did not come round within the watchdog's patience.
    package var stalls: Int { stallCount.load(ordering: .relaxed) }

    func begin(at now: Instant) {
        busySince.store(now.nanoseconds, ordering: .relaxed)
        turnCount.store(turnCount.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    }

    /// The loop has come round: the turn that began is over.
    func rest(at now: Instant) {
        record(now.nanoseconds - busySince.load(ordering: .relaxed))
        busySince.store(0, ordering: .relaxed)
        holder.store(0, ordering: .relaxed)
    }

    private func record(_ nanoseconds: Int64) {
        var bucket = 0
        while bucket < Self.bounds.count, nanoseconds > Self.bounds[bucket] { bucket += 1 }
        durations[bucket].store(durations[bucket].load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        busyNanoseconds.store(
            busyNanoseconds.load(ordering: .relaxed) &+ nanoseconds, ordering: .relaxed)
    }

    func note(holder handler: some AnyObject) {
        holder.store(UInt(bitPattern: ObjectIdentifier(type(of: handler))), ordering: .relaxed)
    }

    func countStall() { stallCount.add(1, ordering: .relaxed) }

    /// The upper ends of the buckets that turns are counted in, in nanoseconds.
    package static let bounds: [Int64] = [
        50_000, 100_000, 250_000, 1_000_000, 2_500_000, 10_000_000, 25_000_000, 100_000_000, 250_000_000,
        1_000_000_000,
    ]

    /// How many turns fell into each bucket, the last being above every bound, and how long all of them took.
    package var turnDurations: (counts: [Int], nanoseconds: Int64) {
        (
            durations.indices.map { durations[$0].load(ordering: .relaxed) },
            busyNanoseconds.load(ordering: .relaxed)
        )
    }

    /// When the present turn began; nil while the loop sleeps.
    package var busyFrom: Instant? {
        let since = busySince.load(ordering: .relaxed)
        return since == 0 ? nil : Instant(nanoseconds: since)
    }

    /// The name of the type that has the turn.
    var holderName: String {
        let bits = holder.load(ordering: .relaxed)
        guard bits != 0 else { return "async code" }
        // The bits are those of a class's metatype, and metatypes live as long as the process.
        return unsafe String(reflecting: unsafeBitCast(bits, to: AnyClass.self))
    }
}
