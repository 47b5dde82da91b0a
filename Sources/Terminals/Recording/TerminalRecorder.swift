import Glibc
import Loop
import Sessions
import Wire

/// Writes what one terminal says to a file, as it comes, for as long as the terminal lives.
///
/// A reader of the terminal's log like any other: a disk that is slow holds nobody up, and what the log no longer keeps
/// by then is missing in the recording, which says so. Lives on the terminal's loop, and ends by `finish`.
final class TerminalRecorder: LogReader, TimerHandler {
    /// So much is written at once, and no more than this waits.
    private static let mostWaiting = 256 << 10
    private static let pause = Duration.milliseconds(100)

    var cursor: Cursor?
    private let path: String
    private let mostBytes: Int
    private let createdAt: Timestamp
    private let offload: Offload
    private let troubled: @Sendable (String) -> Void
    private var writer: AsciicastWriter
    private var lines: [UInt8] = []
    private var written = 0
    private var isFinishing = false
    private var isOver = false
    private var timer: TimerToken?
    private var writing: Task<Void, Never>?

    /// - Parameters:
    ///   - header: nil where the file has one already.
    ///   - troubled: is told why a recording ends before its terminal.
    init(
        at path: String, _ header: AsciicastHeader?, recordsInput: Bool, since createdAt: Timestamp,
        mostBytes: Int,
        offload: Offload, troubled: @escaping @Sendable (String) -> Void
    ) {
        self.path = path
        self.createdAt = createdAt
        self.mostBytes = mostBytes
        self.offload = offload
        self.troubled = troubled
        if let header {
            writer = AsciicastWriter(header, recordsInput: recordsInput, to: &lines)
        } else {
            writer = AsciicastWriter(continuingWithInput: recordsInput)
        }
    }

    /// Records from where so many bytes were spoken.
    func begin(_ log: Log, afterSpoken count: UInt64, on loop: isolated EventLoop) {
        let place = log.place(afterSpoken: count, on: loop)
        writer.output(place.rest, at: now, to: &lines)
        log.attach(self, after: place.after, on: loop)
        pull(on: loop)
    }

    func hear(_ log: Log, on loop: isolated EventLoop) { pull(on: loop) }

    /// Somebody typed; written only where that was asked for.
    func typed(_ bytes: [UInt8], on loop: isolated EventLoop) {
        guard !isOver, lines.count < 2 * Self.mostWaiting else { return }
        writer.input(bytes, at: now, to: &lines)
        plan(on: loop)
    }

    func resized(to size: TerminalSize, on loop: isolated EventLoop) {
        guard !isOver else { return }
        writer.resize(columns: Int(size.cols), rows: Int(size.rows), at: now, to: &lines)
        plan(on: loop)
    }

    /// Writes what there is, and no more comes.
    func finish(on loop: isolated EventLoop) async {
        isFinishing = true
        await writing?.value
        while !isOver, cursor != nil {
            let before = cursor!.next
            pull(on: loop)
            await write(on: loop)
            if cursor?.next == before { break }
        }
        writer.finish(at: now, to: &lines)
        await write(on: loop)
        stop(on: loop)
    }

    // MARK: From the log

    private func pull(on loop: isolated EventLoop) {
        while cursor != nil, lines.count < Self.mostWaiting {
            switch cursor!.pending(atMost: Self.mostWaiting, on: loop) {
            case .slice(let slice):
                for entry in slice.entries where entry.kind == .binary {
                    unsafe writer.output(entry.payload, at: now, to: &lines)
                }
                cursor!.advance(past: slice)
            case .gap(let from, let to):
                let log = cursor!.log
                _ = from
                cursor!.skip()
                writer.remark(
                    "output before byte \(log.spoken(before: to + 1)) is missing", at: now, to: &lines)
            case .nothing, .ended, .reset, .unreadable: return plan(on: loop)
            }
        }
        plan(on: loop)
    }

    private var now: Duration { .milliseconds(max(0, Timestamp.now.milliseconds - createdAt.milliseconds)) }

    // MARK: To the file

    private func plan(on loop: isolated EventLoop) {
        guard !lines.isEmpty, writing == nil, !isOver, !isFinishing else { return }
        if lines.count >= Self.mostWaiting { return writeNow(on: loop) }
        if timer == nil { timer = loop.arm(self, after: Self.pause) }
    }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        writeNow(on: loop)
    }

    private func writeNow(on loop: isolated EventLoop) {
        guard writing == nil, !isFinishing else { return }
        writing = Task {
            await write(on: loop)
            writing = nil
            pull(on: loop)
        }
    }

    private func write(on loop: isolated EventLoop) async {
        guard !isOver, !lines.isEmpty else { return }
        let batch = lines
        lines = []
        let isFull = written + batch.count > mostBytes
        do {
            if isFull {
                throw SystemError("the recording has \(mostBytes) bytes, as many as it may", code: EFBIG)
            }
            try await offload.run(until: loop.clock.now + .seconds(10), on: loop) { [path] in
                try RecordingFile.append(batch, to: path)
            }
            written += batch.count
        } catch {
            troubled("\(error)")
            stop(on: loop)
        }
    }

    private func stop(on loop: isolated EventLoop) {
        isOver = true
        cursor?.log.detach(self, on: loop)
        if let timer { loop.cancel(timer) }
        timer = nil
        lines = []
    }
}
