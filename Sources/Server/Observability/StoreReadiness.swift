package import Store
import Loop
import Synchronization
import Wire

/// Whether the store can be written to, asked of the disk once at a time and no more than once a second, however
/// many ask: who comes while it is being asked gets that answer.
package final class StoreReadiness: Sendable {
    private struct Answer {
        let asked: Instant
        let reason: String?
    }

    private struct State {
        var latest: Answer?
        var waiting: [CheckedContinuation<String?, Never>] = []
        var isAsking = false
    }

    private enum Turn {
        case known(String?)
        case waits
        case begins
    }

    private static let freshness = Duration.seconds(1)

    private let store: Store
    private let state = Mutex(State())

    package init(_ store: Store) { self.store = store }

    /// For `HealthRoutes`.
    package var check: HealthRoutes.Check {
        { [self] loop in await reason(at: loop.now) }
    }

    private func reason(at now: Instant) async -> String? {
        await withCheckedContinuation { asker in
            switch turn(of: asker, at: now) {
            case .known(let reason): asker.resume(returning: reason)
            case .waits: break
            // Not the asking task's child: one asker that goes away must not take the answer from the others.
            // It ends by itself, within the probe's own timeout.
            case .begins: Task { await ask(at: now) }
            }
        }
    }

    private func turn(of asker: CheckedContinuation<String?, Never>, at now: Instant) -> Turn {
        state.withLock { state in
            if !state.isAsking, let latest = state.latest, now - latest.asked < Self.freshness {
                return .known(latest.reason)
            }
            state.waiting.append(asker)
            defer { state.isAsking = true }
            return state.isAsking ? .waits : .begins
        }
    }

    private func ask(at now: Instant) async {
        let reason = await probe()
        let askers = state.withLock { state in
            state.latest = Answer(asked: now, reason: reason)
            state.isAsking = false
            return exchange(&state.waiting, with: [])
        }
        for asker in askers { asker.resume(returning: reason) }
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
