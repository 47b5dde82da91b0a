import Loop
import Synchronization

/// Bounds how often passwords may be tried.
///
/// Each attempt fills some buckets by one, from its beginning, so that many at once are not all let in before the
/// first has failed; one that succeeds takes it out again. A bucket empties evenly, all of it within a window.
final class AttemptLimit: Sendable {
    enum Key: Hashable {
        /// Whatever comes from there.
        case network(AskerNetwork)
        /// One name, tried from there.
        case name(String, AskerNetwork)
        /// One name, tried by those who have never been let in as it.
        case stranger(String)
    }

    /// A bucket that an attempt needs room in.
    struct Need {
        let key: Key
        let room: Int
    }

    struct Refusal {
        /// How long until there is room.
        let wait: Duration
        /// Whether it is the first since the last that was let in: what is worth being written down.
        let isFirst: Bool
    }

    private struct Bucket {
        var emptyAt: Instant
        var hasRefused = false
    }

    /// A flood of made-up names and addresses does not grow the memory: the emptiest half gives way.
    private static let keyLimit = 20_000

    private let buckets = Mutex<[Key: Bucket]>([:])

    /// Counts an attempt, unless one of the buckets is full.
    func begin(_ needs: [Need], at now: Instant, within window: Duration) -> Refusal? {
        buckets.withLock { buckets in
            var refusal: Refusal?
            for need in needs {
                guard let bucket = buckets[need.key], bucket.emptyAt > now else { continue }
                let wait = (bucket.emptyAt - now) + window / need.room - window
                guard wait > .zero else { continue }
                let isFirst = !bucket.hasRefused && refusal?.isFirst ?? true
                refusal = Refusal(wait: max(wait, refusal?.wait ?? .zero), isFirst: isFirst)
                buckets[need.key]?.hasRefused = true
            }
            if let refusal { return refusal }
            for need in needs {
                let start = max(buckets[need.key]?.emptyAt ?? now, now)
                buckets[need.key] = Bucket(emptyAt: start + window / need.room)
            }
            if buckets.count > Self.keyLimit { Self.makeRoom(in: &buckets, at: now) }
            return nil
        }
    }

    /// Takes an attempt that was no failure out again.
    func withdraw(_ needs: [Need], within window: Duration) {
        buckets.withLock { buckets in
            for need in needs {
                guard let bucket = buckets[need.key] else { continue }
                buckets[need.key]?.emptyAt = bucket.emptyAt + (.zero - window / need.room)
            }
        }
    }

    /// Failures that were made good.
    func forget(_ key: Key) { buckets.withLock { $0[key] = nil } }

    var count: Int { buckets.withLock { $0.count } }

    private static func makeRoom(in buckets: inout [Key: Bucket], at now: Instant) {
        buckets = buckets.filter { $0.value.emptyAt > now }
        guard buckets.count > keyLimit / 2 else { return }
        let median = buckets.values.map(\.emptyAt).sorted()[buckets.count / 2]
        buckets = buckets.filter { $0.value.emptyAt > median }
    }
}
