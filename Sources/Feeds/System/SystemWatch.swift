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
    /// What the parts said at the last look.
    private let said = Mutex<[ComponentStatus]>([])

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

    /// A part of the system that says itself how it is. It must not take long.
    package typealias Part = @Sendable () async -> ComponentStatus

    /// - Parameter parts: shown beside the machine's.
    package func start(
        _ feed: Feed, every interval: Duration, in pool: Offload, of sessions: Sessions, parts: [Part] = []
    ) async {
        let machine = BlockingSource(in: pool) { [self] _ in .json(try look()) }
        let source = SystemSource(machine: machine) { [self] in
            var said: [ComponentStatus] = []
            for part in parts { said.append(await part()) }
            self.said.withLock { $0 = said }
        }
        let rhythm = WatchRhythm(every: interval, timeout: .seconds(10))
        await Watcher.start(feed, source, rhythm, of: sessions)
    }

    /// What the machine is like now, as JSON. It may block.
    package func look() throws -> [UInt8] {
        let reading = try MachineReading(folder: folder, loops: loops)
        let bounds = bounds.withLock { $0 }
        return status.withLock {
            $0.report(reading, bounds, checks: said.withLock { $0 } + checks.components)
        }
    }
}

/// Asks the parts, then looks at the machine.
private struct SystemSource: WatchedSource {
    let machine: BlockingSource
    let askParts: @Sendable () async -> Void

    func look(until deadline: Instant, on loop: isolated EventLoop) async throws -> SourceValue? {
        await askParts()
        return try await machine.look(until: deadline, on: loop)
    }
}
