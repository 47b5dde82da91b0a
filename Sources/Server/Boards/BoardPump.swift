import Loop
import Synchronization

/// Keeps something up to date that is shown: does its work whenever its bell was rung, at once where that has not
/// happened for a while, else after a pause, so that many changes make one piece of work. To be stopped.
final class BoardPump: Sendable {
    /// Says when to do it again although nobody rings; nil: not at all.
    typealias Work = @Sendable (isolated EventLoop) async -> Duration?

    let bell: Bell
    private let loop: EventLoop
    private let pause: Duration
    private let work: Work
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(ringing bell: Bell, atMostEvery pause: Duration, on loop: EventLoop, _ work: @escaping Work) {
        self.bell = bell
        self.loop = loop
        self.pause = pause
        self.work = work
    }

    deinit { precondition(task.withLock { $0 } == nil, "a board's pump was not stopped") }

    /// With a first piece of work at once.
    func start() { task.withLock { $0 = Task { await self.run(on: loop) } } }

    func stop() async {
        let task = task.withLock { $0.take() }
        task?.cancel()
        await task?.value
    }

    private func run(on loop: isolated EventLoop) async {
        while !Task.isCancelled {
            let began = loop.now
            let again = await work(loop)
            guard case .expired = await loop.sleep(until: began + pause) else { return }
            let next = again.map { began + $0 } ?? .distantFuture
            if case .cancelled = await bell.wait(until: next, on: loop) { return }
        }
    }
}
