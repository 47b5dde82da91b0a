package import Loop
package import Sessions
package import Store

/// The only writer of one task's log: what the task says is numbered and encoded once, written in batches, and
/// told to readers when it is safe on the disk. So no reader ever saw what a restart forgets.
///
/// Lives on the loop of its log and belongs to the task's run, which closes it. A batch is written 5 ms after its
/// first entry, when 128 KiB are together, or at once with a change of the task's state; one is on its way at a
/// time, and what is said meanwhile makes the next.
package final class TaskJournal: TimerHandler {
    /// As long an entry waits for others, and as much one row holds, or little more.
    static let patience = Duration.milliseconds(5)
    static let rowBytes = 120 << 10
    /// Whoever speaks should stop when more than this is not yet written, until half of it is.
    static let mostWaiting = 4 << 20
    /// What the store does not take is tried again for so long.
    static let retrying = Duration.seconds(30)

    /// What a log of a task keeps in memory: more than one batch of short lines, so that who listens live hears
    /// them from here.
    package static let window = Window.stored(tailEntries: 8192, tailBytes: 1 << 20)

    package let log: SharedLog
    let store: Store
    let task: Int64
    let endings: TaskEndings?
    weak var owner: (any TaskJournalOwner)?

    private var block = FrameBlock()
    private var blockFirst: UInt64
    private var next: UInt64
    private var timeText = TimestampText()
    /// What is ready to be written; the block holds what comes behind it.
    private var rows: [JournalRow] = []
    private var rowsBytes = 0
    private var bytesOnTheirWay = 0
    private var timer: TimerToken?
    /// What waits has waited long enough.
    private var isDue = false
    private var changers: [CheckedContinuation<Result<Bool, StoreError>, Never>] = []
    private var writer: Task<Void, Never>?
    var retryEnd = Instant.distantFuture
    /// The task's last state is on its way, or said.
    private var isEnding = false
    private var isClosed = false
    package private(set) var failure: StoreError?

    /// - Parameters:
    ///   - number: the task's, as `TaskTable` gave it.
    ///   - last: the number of the last entry that is stored of it.
    ///   - endings: what is written with the task's last state.
    ///   - errands: those that whoever stops the loops waits for (`TaskLogs.errands`).
    package init(
        of number: Int64, after last: UInt64, in store: Store, window: Window = TaskJournal.window,
        endings: TaskEndings? = nil, errands: Errands, on loop: isolated EventLoop
    ) {
        self.store = store
        self.endings = endings
        task = number
        next = last + 1
        blockFirst = last + 1
        log = SharedLog(
            window, archive: TaskArchive(of: number, in: store), startingAt: last + 1, errands: errands,
            on: loop)
    }

    /// Whoever stops speaking when it is full is told when there is room again.
    package func report(to owner: any TaskJournalOwner, on loop: isolated EventLoop) { self.owner = owner }

    /// More is waiting to be written than should.
    package var isFull: Bool { waitingBytes > Self.mostWaiting }

    package var holding: Holdings {
        [.task: writer == nil ? 0 : 1, .timer: timer == nil ? 0 : 1]
    }

    /// Nothing more is taken.
    private var isShut: Bool { isEnding || isClosed || failure != nil }

    private var waitingBytes: Int { block.count + rowsBytes + bytesOnTheirWay }

    // MARK: Saying

    /// Says a line of valid UTF-8. Nothing is said once the journal has failed, or behind the task's last state.
    package func say(
        _ voice: EventVoice, _ text: UnsafeRawBufferPointer, isCut: Bool = false, at time: Timestamp = .now,
        on loop: isolated EventLoop
    ) {
        guard !isShut else { return }
        if block.count == 0, rows.isEmpty, timer == nil { timer = loop.arm(self, after: Self.patience) }
        timeText.set(to: time)
        // Valid UTF-8 that is lent for this call.
        unsafe block.addEvent(next, at: timeText, voice, text, isCut: isCut)
        next += 1
        guard block.count >= Self.rowBytes else { return }
        cut(nil)
        write(on: loop)
    }

    package func say(
        _ voice: EventVoice, _ text: Span<UInt8>, isCut: Bool = false, at time: Timestamp = .now,
        on loop: isolated EventLoop
    ) {
        unsafe text.withUnsafeBytes { unsafe say(voice, $0, isCut: isCut, at: time, on: loop) }
    }

    /// The same for what is said seldom.
    package func say(_ event: TaskEvent, at time: Timestamp = .now, on loop: isolated EventLoop) {
        let voice = EventVoice(event.stream, event.level, phase: event.phase)
        say(voice, Array(event.text.utf8).span, isCut: event.isCut, at: time, on: loop)
    }

    /// Changes the task where its status is still `from`, and says so: one transaction with all that was said
    /// before. Comes back when that is safe on the disk, or cannot be; false where the task stands otherwise.
    /// A state in which the task is over is its last word: the log ends with it.
    ///
    /// - Parameter patches: are merged into the task's state document, in order.
    package func change(
        to record: TaskRecord, from: TaskStatus, patches: [StatePatch] = [], at time: Timestamp = .now,
        on loop: isolated EventLoop
    ) async throws(StoreError) -> Bool {
        if let failure { throw failure }
        guard !isShut else { return false }
        let encoded = try EncodedTask(record)
        isEnding = record.status.isOver
        cut(nil)
        timeText.set(to: time)
        block.addState(next, at: timeText, encoded.json)
        next += 1
        cut(JournalRow.Change(task: encoded, from: from, patches: patches))
        write(on: loop)
        return try await withCheckedContinuation { changers.append($0) }.get()
    }

    /// Writes what was said, and ends: the log with `ending`, if it has not ended yet. What the store does not take
    /// is tried until `deadline`; a write that is on its way by then is waited for, 10 s at most. Nothing of it
    /// touches the loop afterwards but what `errands` holds.
    package func close(_ ending: Ending, by deadline: Instant, on loop: isolated EventLoop) async {
        isClosed = true
        retryEnd = min(retryEnd, deadline)
        if block.count > 0 {
            isDue = true
            write(on: loop)
        }
        await writer?.value
        disarm(on: loop)
        log.log(on: loop).end(ending, on: loop)
    }

    // MARK: Writing

    package func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        guard block.count > 0 || !rows.isEmpty else { return }
        isDue = true
        write(on: loop)
    }

    /// Makes a row of what is in the block.
    private func cut(_ change: JournalRow.Change?) {
        guard block.count > 0 else { return }
        rowsBytes += block.count
        let frames = KeptFrames(first: blockFirst, last: next - 1, bytes: block.take())
        rows.append(JournalRow(frames: frames, change: change))
        blockFirst = next
    }

    /// Sees to it that somebody writes.
    private func write(on loop: isolated EventLoop) {
        guard writer == nil, failure == nil else { return }
        let journal = LoopBound(self, on: loop)
        writer = Task { await journal.run { await $0.writeAll(on: $1) } }
    }

    private func writeAll(on loop: isolated EventLoop) async {
        while failure == nil, isDue || !rows.isEmpty {
            cut(nil)
            disarm(on: loop)
            isDue = false
            let batch = rows
            bytesOnTheirWay = rowsBytes
            rows = []
            rowsBytes = 0
            switch await store(batch, on: loop) {
            case .success(let written): take(written, on: loop)
            case .failure(let error): fail(error, on: loop)
            }
        }
        writer = nil
    }

    private func disarm(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    /// It is on the disk: readers hear of it.
    private func take(_ written: JournalRow.Written, on loop: isolated EventLoop) {
        let log = log.log(on: loop)
        guard let first = written.frames.first,
            let batch = try? LogBatch(kept: written.frames, from: first.first)
        else { preconditionFailure("what was written is whole") }
        log.append(batch, on: loop)
        bytesOnTheirWay = 0
        for verdict in written.verdicts {
            if verdict.isLast {
                isEnding = verdict.isMade
                if verdict.isMade { log.end(Ending(.completed, "Task completed"), on: loop) }
            }
            changers.removeFirst().resume(returning: .success(verdict.isMade))
        }
        tellOfRoom(on: loop)
    }

    private func tellOfRoom(on loop: isolated EventLoop) {
        guard waitingBytes <= Self.mostWaiting / 2 else { return }
        owner?.journalHasRoom(self, on: loop)
    }

    /// The one end without having written all.
    private func fail(_ error: StoreError, on loop: isolated EventLoop) {
        failure = error
        rows = []
        rowsBytes = 0
        bytesOnTheirWay = 0
        _ = block.take()
        disarm(on: loop)
        let waiting = changers
        changers = []
        for changer in waiting { changer.resume(returning: .failure(error)) }
        owner?.journal(self, failedBy: error, on: loop)
    }
}

/// Whose words a journal writes. Called on its loop.
package protocol TaskJournalOwner: AnyObject {
    /// A batch is written and no more than half of what may wait waits: whoever stopped since the journal was full
    /// goes on.
    func journalHasRoom(_ journal: TaskJournal, on loop: isolated EventLoop)

    /// What was said could not be stored; nothing more will be. Called once.
    func journal(_ journal: TaskJournal, failedBy error: StoreError, on loop: isolated EventLoop)
}
