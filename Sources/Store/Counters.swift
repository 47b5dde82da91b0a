import Synchronization

/// Where the threads of the store write down what they did.
final class Counters: Sendable {
    private let statistics = Mutex(Store.Statistics())

    var current: Store.Statistics { statistics.withLock { $0 } }

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
            if error.isOfTheDisk { $0.refusals += 1 }
            switch error {
            case .interrupted: $0.interruptions += 1
            case .busy: $0.busy += 1
            case .diskFull: $0.diskFull += 1
            default: break
            }
        }
    }
}
