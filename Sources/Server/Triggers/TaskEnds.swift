import Loop
import Synchronization
import Workflows

/// Tells the backlog and the couriers that tasks are over, off the threads on which that is heard. What the store does
/// not take is tried again; what is still to be told when the server ends is found again at its next start. To be
/// stopped.
final class TaskEnds: Sendable {
    private static let retry = Duration.seconds(5)

    private let features: PlannedFeatures
    private let log: LogWriter
    private let bell: Bell
    private let home: EventLoop
    private let waiting = Mutex<[TaskRecord]>([])
    private let pump = Mutex<BoardPump?>(nil)

    init(of features: PlannedFeatures, on home: EventLoop, log: LogWriter) {
        self.features = features
        self.log = log
        self.home = home
        bell = Bell(on: home)
    }

    /// From any thread; waits for nothing.
    func note(_ task: TaskRecord) {
        if task.origin == .feature { waiting.withLock { $0.append(task) } }
        bell.ring()
    }

    /// - Parameter ring: is called when tasks have ended.
    func start(_ ring: @escaping @Sendable () async -> Void) {
        let pump = BoardPump(ringing: bell, atMostEvery: .zero, on: home) { [weak self] _ in
            await ring()
            return await self?.tell() ?? nil
        }
        self.pump.withLock { $0 = pump }
        pump.start()
    }

    func stop() async { await pump.withLock { $0.take() }?.stop() }

    /// When to try again; nil where all is told.
    private func tell() async -> Duration? {
        while let task = waiting.withLock({ $0.first }) {
            do throws(PlannedError) { try await features.taskChanged(task) } catch {
                if !Task.isCancelled {
                    log.error("a feature waits for the database", ["reason": .text("\(error)")])
                }
                return Self.retry
            }
            waiting.withLock { _ = $0.removeFirst() }
        }
        return nil
    }
}
