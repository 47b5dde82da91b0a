import FoundationEssentials
import JSONCoding
package import Loop
package import Sessions
import Wire

/// One terminal: a session whose program runs in a holder, and whose log is what the program says.
///
/// Lives on one loop. It owns the link to its holder, who is attached, the size, and when it ends: with its program,
/// by a person, when nobody comes, or with the server, which leaves the program to the holder where it may outlive it.
package final class Terminal: SessionBody, AsyncHeld, HolderLinkOwner, TerminalInputOwner,
    TerminalRecorderOwner, TitlePaceOwner, TurnEnder, TimerHandler
{
    package let log: SharedLog
    package internal(set) var record: TerminalRecord
    let setting: TerminalSetting
    /// Until all that it has to give is taken.
    private(set) var link: HolderLink?
    private let pid: CInt
    var seats: [(seat: TerminalSeat, size: TerminalSize?)] = []
    var typists = TerminalTypists()
    private(set) var session: Session?
    private var deadlines: SessionDeadlines?
    private var presence: TerminalPresence?
    private var titles = TitleScanner()
    private lazy var titlePace = TitlePace(telling: self)
    private(set) var recorder: TerminalRecorder?
    private var pace: Pace
    private var isScheduled = false
    private var isHeldBack = false
    /// What it says is taken, whoever is behind.
    private var waitsForNobody = false
    private var isLost = false
    private var waitTimer: TimerToken?
    /// How long it waits before it looks again for who is behind, and how far they were.
    private var pause = (length: Duration.milliseconds(1), taken: UInt64(0))
    private(set) var exit: TerminalExit?
    /// How it ends, once that is settled.
    private(set) var ending: Ending?
    private let isOver = Waiter()
    private(set) var endedAt: Timestamp?
    private let offload: Offload
    private let troubled: @Sendable (TerminalID, String) -> Void
    private let retire: @Sendable (TerminalID) -> Void

    init(
        _ record: TerminalRecord, _ link: HolderLink, _ setting: TerminalSetting, offload: Offload,
        troubled: @escaping @Sendable (TerminalID, String) -> Void,
        retire: @escaping @Sendable (TerminalID) -> Void, on loop: isolated EventLoop
    ) {
        self.record = record
        self.link = link
        pid = link.pid
        self.setting = setting
        self.offload = offload
        pace = Pace(at: loop.now)
        self.troubled = troubled
        self.retire = retire
        log = SharedLog(
            .spoken(bytes: setting.windowBytes), spoken: link.window.taken, on: loop)
    }

    /// Its life begins, or, where it was there before the server, goes on. All that lies in the window is in the log
    /// then, so that whoever comes back finds its place there.
    func open(in registry: Registry, for owner: SessionOwner?, isNew: Bool, on loop: isolated EventLoop)
        throws(TerminalError)
    {
        do throws(SystemError) { try link?.open(for: self, on: loop) } catch { throw .holder("\(error)") }
        let session = registry.open(.terminal, owner: owner, body: self, on: loop)
        self.session = session
        guard session.opened(on: loop) else { throw .shuttingDown }
        deadlines = session.limit(
            SessionLimits(idle: setting.idle, life: lifeLeft, notice: setting.notice), on: loop)
        let presence = TerminalPresence(of: session, setting, wasAttended: !isNew)
        session.hold(presence, on: loop)
        self.presence = presence
        attendanceChanged(on: loop)
        link?.input.owner = self
        takeAll(on: loop)
    }

    /// Its life began when it was made, under whichever server; who is there is told of its end in time all the same.
    private var lifeLeft: Duration? {
        guard let life = setting.life else { return nil }
        let age = Duration.milliseconds(max(0, Timestamp.now.milliseconds - record.createdAt.milliseconds))
        return max(life - age, min(life, setting.notice))
    }

    var isRunning: Bool { session != nil && session?.reason == nil }

    /// Writes down what it says, where that is wanted, or goes on with that.
    func beginRecording(on loop: isolated EventLoop) {
        guard record.isRecorded else { return }
        let header = AsciicastHeader(
            columns: Int(record.size.cols), rows: Int(record.size.rows), timestamp: record.createdAt.seconds,
            title: record.title, command: record.command)
        let recorder = TerminalRecorder(
            at: "\(setting.recordings)/\(record.id).cast", header, recordsInput: record.recordsInput,
            since: record.createdAt, mostBytes: setting.recordingBytes, offload: offload)
        recorder.owner = self
        self.recorder = recorder
        recorder.begin(log.log(on: loop), on: loop)
    }

    /// For good: a later server does not go on with it either.
    func recordingEnded(_ reason: String, on loop: isolated EventLoop) {
        record.isRecorded = false
        keepRecord(on: loop)
        troubled(record.id, "its recording has ended: \(reason)")
    }

    /// What it has said by now is in its recording then. How much of that was written as a whole, in bytes; nil where
    /// this server has written nothing.
    package func flushRecording(on loop: isolated EventLoop) async -> Int? {
        await recorder?.flush(on: loop)
        return recorder.flatMap { $0.size == 0 ? nil : $0.size }
    }

    // MARK: What the program says

    func linkHasNews(on loop: isolated EventLoop) { take(on: loop) }

    package func turnEnds(on loop: isolated EventLoop) {
        isScheduled = false
        take(on: loop)
    }

    /// As much is taken in one turn.
    private static let turnBytes = 256 << 10
    /// As much goes into one entry: the log leaves up to that much of its ring unused where it comes round.
    private var entryBytes: Int { min(16 << 10, setting.windowBytes / 8) }

    private func take(atMost most: Int = Terminal.turnBytes, on loop: isolated EventLoop) {
        guard !isScheduled, let link else { return }
        var budget = most
        while budget > 0 {
            if mustWait(on: loop) { return }
            let waiting = unsafe link.window.untaken
            if unsafe waiting.isEmpty {
                pace.look(at: loop.now)
                if pace.isFlood, exit == nil { return wait(for: Pace.moment, on: loop) }
                // From here on the holder rings.
                guard link.window.serverSleeps() else { continue }
                if exit != nil { isOver.signal(on: loop) }
                return
            }
            let piece = unsafe UnsafeRawBufferPointer(rebasing: waiting.prefix(entryBytes))
            unsafe say(piece, on: loop)
            link.take(piece.count)
            pace.note(piece.count)
            budget -= piece.count
        }
        isScheduled = true
        loop.atEndOfNextTurn(self)
    }

    /// Takes what lies in the window by now, in this turn.
    private func takeAll(on loop: isolated EventLoop) {
        guard let link else { return }
        if let waitTimer { loop.cancel(waitTimer) }
        waitTimer = nil
        isScheduled = false
        take(atMost: Int(link.window.capacity), on: loop)
    }

    /// The same, and nobody is waited for any more: who is behind is told of what is gone.
    private func takeRest(on loop: isolated EventLoop) {
        waitsForNobody = true
        takeAll(on: loop)
    }

    private func say(_ piece: UnsafeRawBufferPointer, on loop: isolated EventLoop) {
        deadlines?.noteActivity(on: loop)
        let title = unsafe titles.scan(piece)
        // Refused only when the log has ended, and then nothing is taken any more.
        let span = unsafe Span(_unsafeElements: piece.bindMemory(to: UInt8.self))
        _ = try? log.log(on: loop).append(.binary, span, on: loop)
        if let title, !record.hasOwnTitle { titlePace.take(title, on: loop) }
    }

    func titled(_ title: String, on loop: isolated EventLoop) {
        guard title != record.title else { return }
        record.title = title
        tell(.title, "{\"title\":\(JSONText.quoted(title))}", on: loop)
        keepRecord(on: loop)
    }

    func tell(_ type: EntryType, _ data: String, on loop: isolated EventLoop) {
        _ = try? log.log(on: loop).append(type, data: Array(data.utf8).span, at: .now, on: loop)
    }

    /// The holder keeps it for the next server.
    func keepRecord(on loop: isolated EventLoop) {
        if let note = try? JSONFormat.encoder.encode(record) {
            link?.keep(note: String(decoding: note, as: UTF8.self), on: loop)
        }
    }

    // MARK: Waiting for those who type

    /// Whether everybody who may type is too far behind. Where it is so it looks again soon.
    private func mustWait(on loop: isolated EventLoop) -> Bool {
        let spoken = log.log(on: loop).spoken
        let writers = seats.lazy.filter(\.seat.isWriter)
        let isBehind =
            !writers.isEmpty
            && writers.allSatisfy { spoken > $0.seat.taken && spoken - $0.seat.taken > mostBehind }
        guard isBehind else {
            isHeldBack = false
            return false
        }
        isHeldBack = true
        // Who takes something is looked at often, who is stuck is not.
        let taken = writers.map(\.seat.taken).max() ?? 0
        pause = (taken != pause.taken ? .milliseconds(2) : min(pause.length * 2, .milliseconds(20)), taken)
        wait(for: pause.length, on: loop)
        return true
    }

    private func wait(for span: Duration, on loop: isolated EventLoop) {
        isScheduled = true
        waitTimer = loop.arm(self, after: span)
    }

    private var mostBehind: UInt64 {
        if waitsForNobody { return .max }
        // Once the program is over, what it said has its place in the window, but for those who began far back.
        if exit != nil { return max(setting.highWater, UInt64(setting.windowBytes / 8 * 5)) }
        return isHeldBack ? setting.lowWater : setting.highWater
    }

    package func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        waitTimer = nil
        isScheduled = false
        take(on: loop)
    }

    func inputHasRoom(on loop: isolated EventLoop) {
        for (seat, _) in seats where seat.isWriter { seat.hasRoom() }
    }

    // MARK: Attending

    func noteActivity(on loop: isolated EventLoop) { deadlines?.noteActivity(on: loop) }

    /// Which of its deadlines comes first; nil where it has none, or is ending.
    private var expiry: (because: TerminalExpiry, at: Instant)? {
        guard isRunning, let deadlines, let presence else { return nil }
        let limit = (because: TerminalExpiry(deadlines.nextReason), at: deadlines.next)
        let absence = (because: presence.expiry, at: presence.next)
        let first = limit.at < absence.at ? limit : absence
        return first.at == .distantFuture ? nil : first
    }

    func attendanceChanged(on loop: isolated EventLoop) {
        presence?.attended(by: seats.count, keeps: record.keeps, on: loop)
    }

    package func extend(on loop: isolated EventLoop) { deadlines?.extend(on: loop) }

    // MARK: The end

    func linkOver(_ exit: TerminalExit, on loop: isolated EventLoop) {
        self.exit = exit
        take(on: loop)
        session?.end(Ending(.completed, "Terminal exited"), on: loop)
    }

    func linkLost(on loop: isolated EventLoop) {
        isLost = true
        takeRest(on: loop)
        isOver.signal(on: loop)
        session?.end(Ending(.failed, "The terminal's holder is gone"), on: loop)
    }

    /// All who may see sessions see this: what it runs is for those who may come to it.
    package var peer: String { "terminal \(record.id)" }

    package var holding: Holdings {
        var holdings: Holdings = [.timer: waitTimer == nil ? 0 : 1]
        holdings += titlePace.holding
        if let recorder { holdings += recorder.holding }
        if let link, link.isOpen {
            holdings += [.process: 1, .descriptor: 2, .watch: 2, .memory: setting.windowBytes]
        }
        return holdings
    }

    /// What came of its end is known by then; if not, the holder and its tree are ended by force.
    private var holderPatience: Duration {
        setting.afterHangup + setting.afterTerminate + setting.holderAnswer
    }
    private static let forcePatience = Duration.seconds(12)

    /// All of that, and the disk for what is recorded.
    package var patience: Duration { holderPatience + Self.forcePatience + .seconds(10) }

    package func expiring(_ reason: EndingReason, at deadline: Instant, on loop: isolated EventLoop) {
        let (because, at) = (TerminalExpiry(reason).rawValue, time(of: deadline, on: loop).rfc3339)
        tell(
            .expiring, #"{"reason":"\#(reason.name)","because":"\#(because)","at":"\#(at)"}"#, on: loop)
    }

    private func time(of instant: Instant, on loop: isolated EventLoop) -> Timestamp {
        Timestamp(milliseconds: Timestamp.now.milliseconds + (instant - loop.now).milliseconds)
    }

    package func closing(_ ending: Ending, on loop: isolated EventLoop) {
        self.ending = ending
        // Where it is ended by somebody, nobody is waited for.
        if ending.reason != .completed { waitsForNobody = true }
    }

    package func giveBackSlowly(on loop: isolated EventLoop) async {
        let ending = ending ?? Ending(.completed)
        if exit == nil, ending.reason == .serverShutdown, setting.outlive != nil {
            titlePace.finish(on: loop)
            link?.close(on: loop)
        } else {
            if exit == nil { link?.end(on: loop) }
            await awaitTheLast(on: loop)
            if isLost || exit == nil {
                let forced = await endByForce(on: loop)
                if exit == nil { exit = forced }
            }
            titlePace.finish(on: loop)
            if let exit { tell(.exit, exit.json, on: loop) }
            link?.release(on: loop)
        }
        link = nil
        if let waitTimer { loop.cancel(waitTimer) }
        waitTimer = nil
        log.log(on: loop).end(ending, on: loop)
        // Behind the end, as no reader waits for the disk.
        await recorder?.finish(isLast: exit != nil, on: loop)
    }

    /// Waits until the program is over and all that it said is taken.
    private func awaitTheLast(on loop: isolated EventLoop) async {
        let deadline = loop.now + holderPatience
        while let link, link.isOpen {
            take(on: loop)
            if exit != nil, unsafe link.window.untaken.isEmpty { return }
            if await isOver.wait(until: deadline, on: loop) != .signalled { return takeRest(on: loop) }
        }
    }

    /// The holder is gone, and the kernel has killed the program with it, but not what that had started; or the holder
    /// does not answer.
    private func endByForce(on loop: isolated EventLoop) async -> TerminalExit {
        guard let remains = link?.remains else { return TerminalExit(nil) }
        let report = try? await offload.run(until: loop.clock.now + Self.forcePatience, on: loop) {
            remains.end(within: .seconds(5))
        }
        return TerminalExit(report)
    }

    package func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        endedAt = .now
        session = nil
        deadlines = nil
        presence = nil
        retire(record.id)
    }

    package func info(on loop: isolated EventLoop) -> TerminalInfo {
        let log = log.log(on: loop)
        let expiry = expiry
        return TerminalInfo(
            record: record, session: session?.id,
            state: isRunning ? .running : session == nil ? .ended : .ending, pid: pid,
            writers: seats.count { $0.seat.isWriter }, viewers: seats.count { !$0.seat.isWriter },
            offset: log.spoken,
            keptFrom: log.spoken(before: log.oldest),
            expiresAt: expiry.map { time(of: $0.at, on: loop) }, expiresBecause: expiry?.because, exit: exit,
            ending: session == nil ? ending : nil, endedAt: endedAt)
    }
}

extension EntryType {
    static let title = EntryType("title" as StaticString)
    static let resize = EntryType("resize" as StaticString)
    static let expiring = EntryType("expiring" as StaticString)
    static let exit = EntryType("exit" as StaticString)
}

extension TerminalExit {
    /// Says how it ended only where somebody saw that.
    var json: String {
        let how =
            signal.map { "\"signal\":\(JSONText.quoted(SignalName.of($0)))," }
            ?? code.map { "\"code\":\($0)," }
        return
            "{\(how ?? "")\"killed\":\(killed),\"remaining\":\(remaining),\"took_ms\":\(tookMilliseconds)}"
    }
}
