import Configuration
import Loop
import Synchronization
import Terminals

/// Takes away recordings that are too old or too many, at the start and once an hour, also where terminals are switched
/// off. To be stopped.
final class RecordingKeeper: Sendable {
    private static let pause = Duration.seconds(3600)
    private static let patience = Duration.seconds(60)

    private let terminals: Terminals
    private let offload: Offload
    private let log: LogWriter
    private let age: Duration?
    private let bytes: Int
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(_ terminals: Terminals, keeping settings: Settings.Terminals, by offload: Offload, log: LogWriter) {
        self.terminals = terminals
        self.offload = offload
        self.log = log
        age = settings.recordingsKeep
        bytes = settings.recordingsBytes
    }

    deinit { precondition(task.withLock { $0 } == nil, "the recordings' keeper was not stopped") }

    func start(on loop: EventLoop) { task.withLock { $0 = Task { await self.run(on: loop) } } }

    func stop() async {
        let task = task.withLock { $0.take() }
        task?.cancel()
        await task?.value
    }

    private func run(on loop: isolated EventLoop) async {
        var mayGoOn = true
        while mayGoOn {
            let living = Set(await terminals.list().filter { $0.state != .ended }.map(\.record.id.text))
            let (folder, age, bytes) = (terminals.setting.recordings, age, bytes)
            let count = try? await offload.run(until: loop.now + Self.patience, on: loop) {
                RecordingFile.sweep(folder, olderThan: age, keeping: bytes, except: living)
            }
            if let count, count > 0 { log.info("recordings were taken away", ["count": .number(count)]) }
            if case .expired = await loop.sleep(until: loop.now + Self.pause) { continue }
            mayGoOn = false
        }
    }
}
