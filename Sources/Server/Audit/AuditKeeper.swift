package import Configuration
package import Loop
package import Store
import Synchronization

/// Looks after the audit trail: tries every second to write what the disk did not take, and removes what need
/// not be kept, at the start and once a day. To be stopped before the trail is.
package final class AuditKeeper: Sendable {
    private static let pause = Duration.seconds(1)
    private static let day = Duration.seconds(86_400)
    private static let pauseAfterFailure = Duration.seconds(600)

    private let audit: StoredAudit
    private let failed: @Sendable (StoreError) -> Void
    private let kept: Mutex<Settings.Audit>
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter failed: is told when the trail could not be shortened.
    package init(
        _ audit: StoredAudit, keeping settings: Settings.Audit,
        failed: @escaping @Sendable (StoreError) -> Void
    ) {
        self.audit = audit
        self.failed = failed
        kept = Mutex(settings)
    }

    deinit { precondition(task.withLock { $0 } == nil, "the audit trail's keeper was not stopped") }

    package func start(on loop: EventLoop) {
        task.withLock { $0 = Task { await self.run(on: loop) } }
    }

    package func stop() async {
        let task = task.withLock { $0.take() }
        task?.cancel()
        await task?.value
    }

    /// Takes over settings that were read again; they hold from the next time.
    package func apply(_ settings: Settings.Audit) { kept.withLock { $0 = settings } }

    private func run(on loop: isolated EventLoop) async {
        var nextShortening = loop.now
        var nextTry = loop.now
        while case .expired = await loop.sleep(until: nextTry) {
            nextTry = loop.now + Self.pause
            await audit.retry()
            guard loop.now >= nextShortening else { continue }
            nextShortening = loop.now + (await shorten() ? Self.day : Self.pauseAfterFailure)
        }
    }

    private func shorten() async -> Bool {
        do throws(StoreError) {
            try await audit.shorten(to: kept.withLock { $0 })
            return true
        } catch {
            if !Task.isCancelled { failed(error) }
            return false
        }
    }
}
