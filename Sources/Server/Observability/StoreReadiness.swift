package import Store
import Loop
import Synchronization
import Wire

/// Whether the store can be written to, asked of the disk no more than once a second however many ask.
package final class StoreReadiness: Sendable {
    private struct Answer {
        let asked: Instant
        let reason: String?
    }

    private static let freshness = Duration.seconds(1)

    private let store: Store
    private let latest = Mutex<Answer?>(nil)

    package init(_ store: Store) { self.store = store }

    /// For `HealthRoutes`.
    package var check: HealthRoutes.Check {
        { [self] loop in await reason(at: loop.now) }
    }

    private func reason(at now: Instant) async -> String? {
        if let latest = latest.withLock({ $0 }), now - latest.asked < Self.freshness { return latest.reason }
        let reason = await probe()
        latest.withLock { $0 = Answer(asked: now, reason: reason) }
        return reason
    }

    private func probe() async -> String? {
        do throws(StoreError) {
            try await store.probe()
            return nil
        } catch {
            return HTTPError(error).sentence
        }
    }
}
