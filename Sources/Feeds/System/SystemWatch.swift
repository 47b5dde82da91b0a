package import Loop
package import Sessions
import Synchronization

/// Watches the machine for the feed `system-status`.
package final class SystemWatch: Sendable {
    private let folder: String
    private let loops: [EventLoop]
    private let bounds: Mutex<HealthThresholds>
    private let checks: CheckBoard
    private let status = Mutex(SystemStatus())

    /// - Parameter folder: the data folder, whose disk is looked at.
    package init(
        folder: String, loops: [EventLoop], thresholds: HealthThresholds, checks: CheckBoard = CheckBoard()
    ) {
        self.folder = folder
        self.loops = loops
        self.checks = checks
        bounds = Mutex(thresholds)
    }

    /// From the next look on.
    package func change(to thresholds: HealthThresholds) { bounds.withLock { $0 = thresholds } }

    package func start(
        _ feed: Feed, every interval: Duration, in pool: Offload, of sessions: Sessions
    ) async {
        let source = BlockingSource(in: pool) { [self] _ in .json(try look()) }
        let rhythm = WatchRhythm(every: interval, timeout: .seconds(10))
        await Watcher.start(feed, source, rhythm, of: sessions)
    }

    /// What the machine is like now, as JSON. It may block.
    package func look() throws -> [UInt8] {
        let reading = try MachineReading(folder: folder, loops: loops)
        let bounds = bounds.withLock { $0 }
        return status.withLock { $0.report(reading, bounds, checks: checks.components) }
    }
}
