import Loop
import Wire

/// What peers sent to channels whose logs live on other loops: done there one after the other, in the order in
/// which it came. Lives on the connection's loop.
final class LiveSendings {
    typealias Sending = @Sendable () async -> HTTPError?

    /// As many may wait; who sends faster is told to wait for what it sent before.
    static let most = 4096

    /// From as many on the peer is not read from until they are done, so that large ones do not pile up.
    private static let many = 16

    private var waiting: [(sending: Sending, refused: (HTTPError) -> Void)] = []
    private var isWorking = false
    private var isCancelled = false

    /// - Parameter refused: told on this loop, when it was not taken.
    func add(
        _ sending: @escaping Sending, for socket: LiveSocket, on loop: isolated EventLoop,
        refused: @escaping (HTTPError) -> Void
    ) throws(HTTPError) {
        guard waiting.count < Self.most else {
            throw HTTPError(.tooManyRequests, "Too much was sent at once; send more slowly.")
        }
        waiting.append((sending, refused))
        if waiting.count >= Self.many { socket.holdReading(on: loop) }
        guard !isWorking else { return }
        isWorking = true
        socket.taskBegan()
        Task {
            await work()
            isWorking = false
            socket.resumeReading(on: loop)
            socket.taskEnded(on: loop)
        }
    }

    private func work() async {
        while !waiting.isEmpty {
            let batch = waiting
            waiting = []
            for (sending, refused) in batch where !isCancelled {
                if let error = await sending() { refused(error) }
            }
        }
    }

    /// What has not begun is not done any more.
    func cancel() {
        isCancelled = true
        waiting = []
    }
}
