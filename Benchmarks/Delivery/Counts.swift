import DeliveryCounts
import Glibc
import Loop

/// What the loops asked of the allocator and of the kernel in some stretch.
struct Counts {
    var allocations = 0
    var sends = 0
    var receives = 0
    var waits = 0
    var changes = 0

    /// Of the quietest of so many rounds. The server has other things to do now and then, such as a look at the
    /// credentials twice a second, which would be counted too.
    static func least(of rounds: Int, _ round: () throws -> Void) throws -> Counts {
        // What grows once has grown after two rounds.
        for _ in 0..<2 { try round() }
        var least: Counts?
        for _ in 0..<rounds {
            let before = try settled()
            try round()
            let counts = try settled() - before
            least = least.map { Counts($0, counts, by: Swift.min) } ?? counts
        }
        return least ?? Counts()
    }

    /// All so far, once every loop sleeps.
    static func settled() throws -> Counts {
        let deadline = SystemClock().now + .seconds(10)
        while !hf_loops_rest() {
            guard SystemClock().now < deadline else { throw BenchError("the loops do not come to rest") }
            sched_yield()
        }
        let now = hf_counts_now()
        return Counts(
            allocations: Int(now.allocations), sends: Int(now.sends), receives: Int(now.receives),
            waits: Int(now.waits), changes: Int(now.changes))
    }

    static func - (later: Counts, earlier: Counts) -> Counts { Counts(later, earlier, by: -) }

    private init(_ left: Counts, _ right: Counts, by combine: (Int, Int) -> Int) {
        allocations = combine(left.allocations, right.allocations)
        sends = combine(left.sends, right.sends)
        receives = combine(left.receives, right.receives)
        waits = combine(left.waits, right.waits)
        changes = combine(left.changes, right.changes)
    }

    init(allocations: Int = 0, sends: Int = 0, receives: Int = 0, waits: Int = 0, changes: Int = 0) {
        self.allocations = allocations
        self.sends = sends
        self.receives = receives
        self.waits = waits
        self.changes = changes
    }
}
