package import Loop
import Synchronization

/// A source that blocks whoever looks at it: it is looked at on a thread of a pool, and has never more than one of
/// them, also where a look hangs and nobody waits for it any more.
package final class BlockingSource: WatchedSource {
    /// Says what the source is now; see `WatchedSource.look`. Beyond the deadline nobody wants to know it.
    package typealias Look = @Sendable (_ deadline: Instant) throws -> SourceValue?

    private let pool: Offload
    private let body: Look
    /// Whether a look is on its way, given up or not.
    private let isLooking = Atomic<Bool>(false)

    package init(in pool: Offload, _ body: @escaping Look) {
        self.pool = pool
        self.body = body
    }

    package func look(until deadline: Instant, on loop: isolated EventLoop) async throws -> SourceValue? {
        guard !isLooking.load(ordering: .acquiring) else {
            throw SourceError("The last look at it is not done yet")
        }
        return try await pool.run(until: deadline, on: loop) { [self] in
            isLooking.store(true, ordering: .releasing)
            defer { isLooking.store(false, ordering: .releasing) }
            return try body(deadline)
        }
    }
}
