package import Loop
import Synchronization
package import Wire

/// A log with readers on every loop. Its owner is the loop `home`, where it is appended to; each other loop with
/// readers keeps a copy of what is in memory, fed by a relay: one message per loop for all that was said in a turn.
///
/// A copy begins with the owner's whole window, taken in one step of the owner with the relay's place, so nothing
/// is missed or doubled; it is dropped when its last reader leaves. A loop that is slow lags like any reader.
package final class SharedLog: Sendable {
    package let home: EventLoop
    private let log: LoopBound<Log>
    private let window: Window
    private let archive: (any LogArchive)?
    private let first: UInt64
    private let copies = Mutex<[ObjectIdentifier: LoopBound<LogCopy>]>([:])
    private let kept: UInt64
    private let errands: Errands

    /// - Parameters:
    ///   - kept: the number of the first entry that the archive still has.
    ///   - next: the number of the next entry.
    ///   - spoken: how many bytes were spoken before it.
    ///   - errands: those of several logs, for an owner that waits for all of them at once.
    package init(
        _ window: Window, archive: (any LogArchive)? = nil, keptFrom kept: UInt64 = 1,
        startingAt next: UInt64 = 1, spoken: UInt64 = 0, errands: Errands = Errands(), on home: EventLoop
    ) {
        self.home = home
        self.window = window
        self.archive = archive
        self.kept = kept
        self.errands = errands
        first = next
        log = LoopBound(
            Log(
                window, archive: archive, errands: errands, keptFrom: kept, startingAt: next, spoken: spoken),
            to: home)
    }

    /// The owner's log, for those who are on its loop.
    package func log(on loop: isolated EventLoop) -> Log { log.open(on: loop) }

    /// Whether anybody reads it, on any loop; for those who are on its loop.
    package func hasReaders(on loop: isolated EventLoop) -> Bool {
        !log(on: loop).readers.isEmpty || copyCount > 0
    }

    // MARK: Saying, from any loop

    @discardableResult
    package func append(
        _ type: EntryType, data: [UInt8], at time: Timestamp
    ) async throws(LogError) -> UInt64 {
        try await append(type, data: data, at: time, on: home)
    }

    private func append(
        _ type: EntryType, data: [UInt8], at time: Timestamp, on loop: isolated EventLoop
    ) async throws(LogError) -> UInt64 {
        try log(on: loop).append(type, data: data.span, at: time, on: loop)
    }

    /// Ends the log. Its copies end when they have been given what was said before.
    package func end(_ ending: Ending) async {
        await log.run { log, loop in log.end(ending, on: loop) }
    }

    // MARK: Reading, on any loop

    /// As `Log.attach`, on the reader's own loop. The reader leaves by `cursor.log.detach`.
    package func attach(
        _ reader: any LogReader, after seq: UInt64?, deflatedBy deflater: Deflater? = nil,
        on loop: isolated EventLoop
    ) async {
        if loop === home {
            log(on: loop).attach(reader, after: seq, deflatedBy: deflater, on: loop)
            return
        }
        let copy = copy(on: loop)
        copy.expected += 1
        await copy.arrival(on: loop)
        var head = copy.log.head
        // A reader that comes from another loop may be ahead of this loop's copy, but not of the owner.
        if let seq, seq > head { head = await log.run { log, _ in log.head } }
        copy.expected -= 1
        copy.log.attach(reader, at: copy.log.place(after: seq, head: head), deflatedBy: deflater, on: loop)
    }

    /// Waits until no relay and no question to the archive is on its way any more: when the log has ended or its
    /// readers have left. Nothing of the log touches its loops after that.
    package func drain() async { await errands.drain() }

    /// How many loops besides the owner's have a copy.
    package var copyCount: Int { copies.withLock { $0.count } }

    // MARK: Copies

    /// Only code on `loop` adds or removes the copy of `loop`.
    private func copy(on loop: isolated EventLoop) -> LogCopy {
        if let copy = copies.withLock({ $0[ObjectIdentifier(loop)] }) { return copy.open(on: loop) }
        let copy = LogCopy(
            of: Log(window, archive: archive, errands: errands, keptFrom: kept, startingAt: first))
        let bound = LoopBound(copy, on: loop)
        copies.withLock { $0[ObjectIdentifier(loop)] = bound }
        let relay = errands.send { [log] _ in
            await log.run { log, loop in await LogRelay().run(from: log, to: bound, on: loop) }
        }
        copy.feed = (self, relay)
        return copy
    }

    /// The last reader of a copy has left.
    func drop(copyOn loop: EventLoop, relay: Int) {
        _ = copies.withLock { $0.removeValue(forKey: ObjectIdentifier(loop)) }
        errands.cancel(relay)
    }
}
