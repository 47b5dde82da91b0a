package import Store
import Loop
import Synchronization
import Wire

/// Whether the store can be written to, asked of the disk once at a time and no more than once a second, however
/// many ask: who comes while it is being asked gets that answer.
///
/// Where the disk has refused anybody's write, the server is not ready for a while, and then not before there is room
/// for more than a page: a full disk takes a page long after it has refused what people sent.
package final class StoreReadiness: Sendable {
    private struct Answer {
        let asked: Instant
        let reason: String?
    }

    private struct State {
        var latest: Answer?
        var waiting: [CheckedContinuation<String?, Never>] = []
        var isAsking = false
        /// How many refusals are known, and when the last of them was found.
        var refusals: Int
        var refused: Instant?
    }

    /// What the disk is to be asked for.
    private enum Question {
        case nothing
        case page
        case room
    }

    private enum Turn {
        case known(String?)
        case waits
        case begins
    }

    private static let freshness = Duration.seconds(1)
    /// So long after a refused write nobody is asked whether the next would fare better.
    private static let distrust = Duration.seconds(5)

    private let store: Store
    private let state: Mutex<State>

    package init(_ store: Store) {
        self.store = store
        state = Mutex(State(refusals: store.refusals))
    }

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
        let reason = await probe(question(at: now))
        let askers = state.withLock { state in
            state.latest = Answer(asked: now, reason: reason)
            state.isAsking = false
            return exchange(&state.waiting, with: [])
        }
        for asker in askers { asker.resume(returning: reason) }
    }

    private func question(at now: Instant) -> Question {
        let refusals = store.refusals
        return state.withLock { state in
            if refusals > state.refusals {
                state.refusals = refusals
                state.refused = now
            }
            guard let refused = state.refused else { return .page }
            return now - refused < Self.distrust ? .nothing : .room
        }
    }

    private func probe(_ question: Question) async -> String? {
        do throws(StoreError) {
            switch question {
            case .nothing: return "The database refused what was to be written a moment ago."
            case .page: try await store.probe()
            case .room:
                try await store.probeRoom()
                state.withLock { $0.refused = nil }
            }
            return nil
        } catch {
            // Its own refusal is no news where a refusal is known. Of a page it is as good as anybody's, and others may
            // have been refused meanwhile.
            if question == .room {
                let refusals = store.refusals
                state.withLock { $0.refusals = refusals }
            }
            return HTTPError(error).sentence
        }
    }
}
