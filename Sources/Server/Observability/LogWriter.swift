package import Loop
import Synchronization

/// What the server says about itself, line by line, on one descriptor.
///
/// Whoever logs never waits: a line joins a queue that is bounded in bytes, and a thread of its own writes. When
/// the reader of the log does not keep up, lines are dropped and counted, and the log says so as soon as there is
/// room. `stop` writes what is queued, within its patience, and ends the thread.
package final class LogWriter: Sendable {
    private struct Queue {
        var bytes: [UInt8] = []
        var wakePending = false
        var droppedSinceWord = 0
        var isOver = false
        var deadline = Instant.distantFuture
    }

    private let format: LogFormat
    private let capacity: Int
    private let queue = Mutex(Queue())
    private let least: Atomic<UInt8>
    private let droppedEver = Atomic<Int>(0)
    private let writtenEver = Atomic<Int>(0)
    private let bell: WakeUp
    private let thread = Mutex<Thread?>(nil)

    private final class Thread: Sendable {
        private let thread: Mutex<LoopThread?>
        init(_ thread: consuming LoopThread) { self.thread = Mutex(thread) }
        func join() { thread.withLock { $0.take() }?.join() }
    }

    /// - Parameters:
    ///   - descriptor: stays the caller's, and open until `stop` has come back.
    ///   - capacity: how many bytes may wait.
    package init(
        descriptor: CInt, format: LogFormat, level: LogLevel = .info, capacity: Int = 1 << 20
    ) throws(SystemError) {
        self.format = format
        self.capacity = capacity
        least = Atomic(level.rawValue)
        bell = try WakeUp()
        let output = LogOutput(descriptor: descriptor, bell: bell)
        let thread = Thread(try LoopThread(name: "log") { [self] in run(output) })
        self.thread.withLock { $0 = thread }
    }

    /// The least that is worth a line; may be changed at any time.
    package var level: LogLevel {
        get { LogLevel(rawValue: least.load(ordering: .relaxed)) ?? .info }
        set { least.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Lines that were lost because the log was not read.
    package var dropped: Int { droppedEver.load(ordering: .relaxed) }
    package var written: Int { writtenEver.load(ordering: .relaxed) }

    package func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.debug, message(), fields())
    }

    package func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.info, message(), fields())
    }

    package func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.warning, message(), fields())
    }

    package func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.error, message(), fields())
    }

    /// Adds a line. What is less than the level is not even put together.
    package func log(
        _ level: LogLevel, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> LogFields = [:]
    ) {
        guard level >= self.level else { return }
        append(format.line(level, message(), fields(), at: .now))
    }

    /// Writes what is queued and ends. A reader that takes nothing holds it up for no longer than `patience`.
    /// Blocks, so it is not to be called on a loop.
    package func stop(within patience: Duration = .seconds(2)) {
        queue.withLock { queue in
            queue.isOver = true
            queue.deadline = SystemClock().now + patience
        }
        bell.signal()
        thread.withLock { $0.take() }?.join()
    }

    private func append(_ line: [UInt8]) {
        let mustRing = queue.withLock { queue in
            guard !queue.isOver, queue.bytes.count + line.count <= capacity else {
                queue.droppedSinceWord += 1
                droppedEver.add(1, ordering: .relaxed)
                return false
            }
            queue.bytes += line
            defer { queue.wakePending = true }
            return !queue.wakePending
        }
        writtenEver.add(1, ordering: .relaxed)
        if mustRing { bell.signal() }
    }

    /// The body of the thread.
    private func run(_ output: LogOutput) {
        let deadline = { self.queue.withLock { $0.deadline } }
        while true {
            let (bytes, dropped, isOver) = queue.withLock { queue in
                defer {
                    queue.bytes = []
                    queue.wakePending = false
                    queue.droppedSinceWord = 0
                }
                return (queue.bytes, queue.droppedSinceWord, queue.isOver)
            }
            if bytes.isEmpty, dropped == 0 {
                if isOver { return }
                output.rest()
                continue
            }
            output.write(bytes, deadline: deadline)
            if dropped > 0 {
                let line = format.line(
                    .warning, "log lines were dropped", ["count": .number(dropped)], at: .now)
                output.write(line, deadline: deadline)
            }
        }
    }
}
