import Synchronization

/// What the store has done since it was opened, and how it stands. For `/metrics`.
package struct Statistics: Sendable, Equatable {
    /// Writes that were committed, and the commits that carried them.
    package var writes = 0
    package var commits = 0
    package var largestGroup = 0
    /// From the call to its answer, summed over all committed writes.
    package var writeTime = Duration.zero
    package var reads = 0
    /// Calls that were answered with an error, and how many of these for the reasons worth an alarm.
    package var failures = 0
    package var interruptions = 0
    package var busy = 0
    package var diskFull = 0
    package var waitingWrites = 0
    package var waitingReads = 0
    package var databaseBytes: Int64 = 0
    package var logBytes: Int64 = 0
}

/// Where the threads of the store write down what they did.
final class Counters: Sendable {
    private let statistics = Mutex(Statistics())

    var current: Statistics { statistics.withLock { $0 } }

    func committed(_ group: [any Job]) {
        let now = Moment.now
        var time = Duration.zero
        for job in group { time += now - job.asked }
        statistics.withLock {
            $0.commits += 1
            $0.writes += group.count
            $0.largestGroup = max($0.largestGroup, group.count)
            $0.writeTime += time
        }
    }

    func read() { statistics.withLock { $0.reads += 1 } }

    func failed(_ error: StoreError) {
        statistics.withLock {
            $0.failures += 1
            switch error {
            case .interrupted: $0.interruptions += 1
            case .busy: $0.busy += 1
            case .diskFull: $0.diskFull += 1
            default: break
            }
        }
    }
}
