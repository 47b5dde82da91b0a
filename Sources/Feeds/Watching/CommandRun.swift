import Glibc
package import Loop

/// One run of a command, to its end or the deadline: what it said, and how it ended. Whatever it started is gone when
/// this is over. Lives on one loop.
package final class CommandRun: ChildObserver {
    package struct Outcome: Sendable {
        package let output: [UInt8]
        /// The beginning of what it said on standard error.
        package let complaint: String
        package let exit: ProcessExit
    }

    private static let mostComplaint = 1024
    /// Short enough for a session that ends to wait for it.
    private static let ladder = StopLadder(
        request: SIGTERM, afterRequest: .milliseconds(500), afterTerminate: .milliseconds(500),
        killing: .seconds(3))

    private let limit: Int
    private let change = Waiter()
    private var output: [UInt8] = []
    private var complaint: [UInt8] = []
    private var isTooMuch = false

    private init(limit: Int) { self.limit = limit }

    /// - Parameters:
    ///   - words: the program and its arguments.
    ///   - limit: more output than this, in bytes, is refused.
    package static func perform(
        _ words: [String], environment: [String: String], limit: Int, until deadline: Instant,
        on loop: isolated EventLoop
    ) async throws(SourceError) -> Outcome {
        let spec = ProcessSpec(
            words[0], Array(words.dropFirst()), environment: environment,
            streams: .separate(input: .null, output: .pipe, error: .pipe))
        let child: ChildProcess
        do throws(SystemError) {
            child = try await ChildProcess.spawn(spec, until: deadline, on: loop)
        } catch {
            throw SourceError("\(words[0]) cannot be started: \(error)")
        }
        let run = CommandRun(limit: limit)
        let isInTime = await run.follow(child, until: deadline, on: loop)
        // Also where it has ended by itself: what it left behind has nobody else to end it.
        let report = await child.stop(ladder, on: loop)
        guard isInTime else { throw SourceError("it was not done in time and was stopped") }
        guard !run.isTooMuch else { throw SourceError("it printed more than \(limit) bytes and was stopped") }
        guard let exit = child.end?.exit ?? report.leader else { throw SourceError("it cannot be stopped") }
        return Outcome(
            output: run.output, complaint: String(decoding: run.complaint, as: UTF8.self), exit: exit)
    }

    /// Reads until the process has ended and there is no more, or it has said too much. False when the deadline or a
    /// cancellation was first.
    private func follow(
        _ child: ChildProcess, until deadline: Instant, on loop: isolated EventLoop
    ) async -> Bool {
        child.observer = self
        let output = OutputPipe(child.takeOutput(), telling: change, on: loop)
        let error = OutputPipe(child.takeError(), telling: change, on: loop)
        defer {
            child.observer = nil
            output.close(on: loop)
            error.close(on: loop)
        }
        while true {
            // Asked before the pipes, so that all that an ended process has said is read.
            let hasEnded = child.end != nil
            take(output, error, on: loop)
            if hasEnded || isTooMuch { return true }
            guard case .signalled = await change.wait(until: deadline, on: loop) else { return false }
        }
    }

    private func take(_ output: OutputPipe, _ error: OutputPipe, on loop: isolated EventLoop) {
        unsafe output.drain(on: loop) { bytes in
            guard self.output.count + bytes.count <= limit else {
                isTooMuch = true
                return false
            }
            unsafe self.output.append(contentsOf: bytes)
            return true
        }
        unsafe error.drain(on: loop) { bytes in
            // The rest is read and forgotten, so that the process does not wait for us.
            unsafe complaint.append(contentsOf: bytes.prefix(Self.mostComplaint - complaint.count))
            return true
        }
    }

    package func ended(_ child: ChildProcess, _ end: ProcessEnd, on loop: isolated EventLoop) {
        change.signal(on: loop)
    }
}
