import Loop
import Sessions
import Wire

/// Whoever has a recording made. Lives on the recorder's loop.
protocol TerminalRecorderOwner: AnyObject {
    /// It ends before its terminal, for this reason.
    func recordingEnded(_ reason: String, on loop: isolated EventLoop)
}

/// Writes what one terminal says to a file, as it comes, for as long as the terminal lives.
///
/// A reader of the terminal's log like any other: a disk that is slow holds nobody up, and what the log no longer keeps
/// by then is missing in the recording, which says so. All that is written at once ends with the place that it came
/// to, so a later server goes on right there, however this one ended. Lives on the terminal's loop, and ends by
/// `finish`, or when the disk or the bound of the file ends it.
final class TerminalRecorder: LogReader, TimerHandler {
    /// So much is written at once, and no more than this waits.
    private static let mostWaiting = 256 << 10
    private static let pause = Duration.milliseconds(100)
    /// For the disk.
    private static let patience = Duration.seconds(10)
    /// Room in the file to say that it is full.
    private static let farewell = 256

    private enum State { case opening, open, over }

    var cursor: Cursor?
    private let path: String
    private let header: AsciicastHeader
    private let recordsInput: Bool
    private let mostBytes: Int
    private let createdAt: Timestamp
    private let offload: Offload
    weak var owner: (any TerminalRecorderOwner)?
    private var state = State.opening
    private var writer: AsciicastWriter
    private var asides = RecordedAsides()
    /// What is to be written next.
    private var lines: [UInt8] = []
    /// All that was said before this byte was taken, or is told to be missing.
    private var taken: UInt64 = 0
    /// And is in the file.
    private var written: UInt64 = 0
    /// Of the file, as far as it was written as a whole.
    private(set) var size = 0
    private var timer: TimerToken?
    /// Opens the file, and then writes to it; one at a time.
    private var work: Task<Void, Never>?

    /// - Parameters:
    ///   - header: what the recording says of itself where it is new; it goes on with the size.
    init(
        at path: String, _ header: AsciicastHeader, recordsInput: Bool, since createdAt: Timestamp,
        mostBytes: Int, offload: Offload
    ) {
        self.path = path
        self.header = header
        self.recordsInput = recordsInput
        self.createdAt = createdAt
        self.mostBytes = mostBytes
        self.offload = offload
        writer = AsciicastWriter(continuingAt: .zero)
    }

    /// Records what the log keeps and the file does not have, and what comes.
    func begin(_ log: Log, on loop: isolated EventLoop) {
        log.attach(self, after: 0, on: loop)
        work = Task {
            await open(on: loop)
            work = nil
            pull(on: loop)
        }
    }

    var holding: Holdings {
        [
            .subscription: cursor == nil ? 0 : 1, .timer: timer == nil ? 0 : 1, .task: work == nil ? 0 : 1,
            .memory: lines.count,
        ]
    }

    // MARK: What is recorded

    func hear(_ log: Log, on loop: isolated EventLoop) { pull(on: loop) }

    /// Somebody typed; written only where that was asked for.
    func typed(_ bytes: [UInt8], on loop: isolated EventLoop) {
        if recordsInput { note(.typed(bytes), on: loop) }
    }

    func resized(to size: TerminalSize, on loop: isolated EventLoop) { note(.resized(size), on: loop) }

    private func note(_ what: RecordedAsides.What, on loop: isolated EventLoop) {
        guard let log = cursor?.log else { return }
        asides.add(what, after: log.spoken, at: now)
        pull(on: loop)
    }

    private func pull(on loop: isolated EventLoop) {
        guard state == .open else { return }
        while cursor != nil, lines.count < Self.mostWaiting {
            switch cursor!.pending(atMost: Self.mostWaiting, on: loop) {
            case .slice(let slice):
                var position = cursor!.log.spoken(before: slice.first)
                for entry in slice.entries where entry.kind == .binary {
                    asides.write(upTo: position, by: &writer, to: &lines)
                    take(entry, at: position)
                    position += UInt64(entry.size)
                }
                cursor!.advance(past: slice)
            case .gap, .reset:
                cursor!.skip()
                miss(upTo: cursor!.log.spoken(before: cursor!.next))
            case .nothing, .ended, .unreadable:
                asides.write(upTo: .max, by: &writer, to: &lines)
                return plan(on: loop)
            }
        }
        plan(on: loop)
    }

    /// The first byte of `entry` has the number `position`.
    private func take(_ entry: LogEntry, at position: UInt64) {
        miss(upTo: position)
        let had = Int(min(taken - position, UInt64(entry.size)))
        unsafe writer.output(entry.payload.dropFirst(had), at: now, to: &lines)
        taken += UInt64(entry.size - had)
    }

    /// What was said before this byte and not taken is not to be had any more.
    private func miss(upTo position: UInt64) {
        guard position > taken else { return }
        writer.remark(
            "\(position - taken) bytes of output are missing, from byte \(taken) on", at: now, to: &lines)
        taken = position
    }

    private var now: Duration { .milliseconds(max(0, Timestamp.now.milliseconds - createdAt.milliseconds)) }

    // MARK: The file

    private func open(on loop: isolated EventLoop) async {
        do {
            let place = try await offload.run(until: loop.clock.now + Self.patience, on: loop) { [path] in
                try RecordingFile.resume(path)
            }
            (size, taken, written) = (place.bytes, place.spoken, place.spoken)
            if place.bytes == 0 {
                writer = AsciicastWriter(header, recordsInput: recordsInput, to: &lines)
            } else {
                writer = AsciicastWriter(continuingAt: place.time, recordsInput: recordsInput)
                // The last change of it may not have come into the file.
                writer.resize(columns: header.columns, rows: header.rows, at: now, to: &lines)
            }
            state = .open
        } catch {
            giveUp("\(error)", on: loop)
        }
    }

    private func plan(on loop: isolated EventLoop) {
        guard work == nil else { return }
        if lines.isEmpty {
            written = taken
        } else if lines.count >= Self.mostWaiting {
            write(on: loop)
        } else if timer == nil {
            timer = loop.arm(self, after: Self.pause)
        }
    }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        write(on: loop)
    }

    /// Begins to write what there is, where nothing is on its way.
    private func write(on loop: isolated EventLoop) {
        guard state == .open, work == nil, !lines.isEmpty else { return }
        if let timer { loop.cancel(timer) }
        timer = nil
        work = Task {
            await append(on: loop)
            work = nil
            pull(on: loop)
        }
    }

    private func append(on loop: isolated EventLoop) async {
        let place = taken
        writer.place(place, to: &lines)
        var batch = lines
        lines = []
        let room = max(0, mostBytes - Self.farewell - size)
        let isFull = batch.count > room
        if isFull {
            let end = batch[..<room].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            batch.removeSubrange(end...)
            var last = AsciicastWriter(continuingAt: now)
            last.remark("the recording is full", at: now, to: &batch)
        }
        do {
            try await offload.run(until: loop.clock.now + Self.patience, on: loop) { [path, batch] in
                try RecordingFile.append(batch, to: path)
            }
            size += batch.count
            written = place
            if isFull { giveUp("it has \(mostBytes) bytes, as many as it may", on: loop) }
        } catch {
            giveUp("\(error)", on: loop)
        }
    }

    // MARK: The end

    /// Comes back when all that was said by now is in the file, or the recording has ended. Every write has its
    /// deadline, and the log keeps no more than some of them.
    func flush(on loop: isolated EventLoop) async {
        guard let goal = cursor?.log.spoken else { return }
        while state == .opening || state == .open && written < goal {
            pull(on: loop)
            write(on: loop)
            await work?.value
        }
    }

    /// Writes what there is, and no more comes.
    ///
    /// - Parameter isLast: the program is over; else a later server goes on.
    func finish(isLast: Bool, on loop: isolated EventLoop) async {
        await flush(on: loop)
        if isLast { writer.finish(at: now, to: &lines) }
        while state == .open, !lines.isEmpty || work != nil {
            write(on: loop)
            await work?.value
        }
        stop(on: loop)
    }

    private func giveUp(_ reason: String, on loop: isolated EventLoop) {
        owner?.recordingEnded(reason, on: loop)
        stop(on: loop)
    }

    private func stop(on loop: isolated EventLoop) {
        state = .over
        cursor?.log.detach(self, on: loop)
        if let timer { loop.cancel(timer) }
        timer = nil
        lines = []
        asides = RecordedAsides()
    }
}
