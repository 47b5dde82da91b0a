import Glibc
import Loop
import Synchronization

/// What `body` comes to, for a thread that waits for it as none of the pool may.
func awaited<Answer: Sendable>(_ body: @escaping @Sendable () async throws -> Answer) throws -> Answer {
    let box = Box<Answer>()
    let wakeUp = try WakeUp()
    Task.detached {
        let answer: Result<Answer, any Error>
        do { answer = .success(try await body()) } catch { answer = .failure(error) }
        box.answer.withLock { $0 = answer }
        wakeUp.signal()
    }
    var waiting = pollfd(fd: wakeUp.raw, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&waiting, 1, 20_000) > 0, let answer = box.answer.withLock({ $0 }) else {
        throw BenchError("a part of the server is not ready within 20 s")
    }
    return try answer.get()
}

private final class Box<Answer: Sendable>: Sendable {
    let answer = Mutex<Result<Answer, any Error>?>(nil)
}
