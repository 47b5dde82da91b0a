package import Loop
package import Sessions
import Wire

/// A named live value: what it is now, and everybody who wants to know when it changes.
///
/// Its log lives on one loop, where it is published to; readers are on any. It ends once, when it is deleted.
package final class Feed: Sendable {
    package let name: FeedName
    package let window: FeedWindow
    /// What `"type"` says in its messages.
    package let type: String
    package let log: SharedLog
    package let publisher: FeedPublisher
    /// What else its first publisher chose.
    package let terms: FeedTerms
    private let entryType: EntryType
    private let state: LoopBound<FeedState>
    private let keeper: (any FeedKeeper)?

    /// - Parameter first: the number of its first entry, larger than any of an earlier feed of that name.
    init(
        _ name: FeedName, _ window: FeedWindow, type: EntryType, named typeName: String, keeping kept: Window,
        by publisher: FeedPublisher, terms: FeedTerms = FeedTerms(), startingAt first: UInt64,
        keptBy keeper: (any FeedKeeper)? = nil, on home: EventLoop
    ) {
        self.name = name
        self.window = window
        self.type = typeName
        self.publisher = publisher
        self.terms = terms
        self.keeper = terms.keep ? keeper : nil
        entryType = type
        log = SharedLog(kept, startingAt: first, on: home)
        state = LoopBound(FeedState(), to: home)
    }

    package var home: EventLoop { log.home }
    package var isBuiltIn: Bool { publisher == .server }

    /// Refuses who asks for it as something else than it is.
    ///
    /// - Parameters:
    ///   - window: nil: whatever it has.
    ///   - type: nil: whatever it has.
    ///   - keep: nil: whatever it has.
    ///   - lifetime: nil: whatever it has.
    package func check(
        window: FeedWindow?, type: String?, keep: Bool? = nil, lifetime: Duration? = nil
    ) throws(FeedError) {
        if let type { _ = try FeedType.entryType(type) }
        if let window, window != self.window { throw .otherWindow(self.window) }
        if let type, type != self.type { throw .otherType(self.type) }
        if let keep, keep != terms.keep { throw .otherKeeping(terms.keep) }
        if let lifetime, lifetime != terms.lifetime { throw .otherLifetime(terms.lifetime) }
    }

    // MARK: Publishing

    /// Says `data`, from whichever loop. A `latest` feed says only what differs from what it said last.
    ///
    /// - Parameter data: JSON as `JSONValidator` leaves it.
    package func publish(
        minified data: [UInt8], if condition: FeedCondition = .none
    ) async throws(FeedError) -> FeedReceipt {
        try await publish(minified: data, if: condition, on: home)
    }

    /// The same, for those who are on its loop.
    package func publish(
        minified data: [UInt8], if condition: FeedCondition = .none, on loop: isolated EventLoop
    ) throws(FeedError) -> FeedReceipt {
        let log = try log(if: condition, on: loop)
        let state = state.open(on: loop)
        let now = Timestamp.now
        state.touched = loop.now
        if window == .latest, data == state.last, state.stale == nil {
            state.confirmed = now
            return FeedReceipt(seq: log.head, isNews: false)
        }
        let seq: UInt64
        do throws(LogError) {
            seq = try log.append(entryType, data: data.span, at: now, on: loop)
        } catch {
            throw FeedError(error)
        }
        state.changed = now
        state.stale = nil
        if window == .latest {
            state.last = data
            state.confirmed = now
        }
        keeper?.changed(self)
        return FeedReceipt(seq: seq, isNews: true)
    }

    /// What it is about was looked at, and is surely as it was.
    package func confirm(on loop: isolated EventLoop) throws(FeedError) {
        _ = try log(if: .none, on: loop)
        let state = state.open(on: loop)
        guard state.stale == nil else { return }
        state.confirmed = .now
    }

    /// What it is about could not be looked at. The last value stands, and is said once more as what it is now:
    /// old, of the time at which it was last seen to be so. The next that is published is news again.
    package func markStale(_ reason: String, on loop: isolated EventLoop) {
        let state = state.open(on: loop)
        guard window == .latest, state.stale != reason, let log = try? log(if: .none, on: loop) else {
            return
        }
        let value = state.last ?? Array("null".utf8)
        let time = state.confirmed ?? .now
        guard (try? log.append(entryType, data: value.span, stale: reason, at: time, on: loop)) != nil else {
            return
        }
        state.stale = reason
    }

    /// Ends it for all its readers.
    package func end(_ ending: Ending) async { await end(ending, on: home) }

    private func end(_ ending: Ending, on loop: isolated EventLoop) {
        state.open(on: loop).expiry?.cancel(on: loop)
        log.log(on: loop).end(ending, on: loop)
    }

    /// Has it end by `expire` when nobody has published to it for its lifetime, counted from now.
    func expire(
        by expire: @escaping @Sendable (Feed, isolated EventLoop) -> Void, on loop: isolated EventLoop
    ) {
        let state = state.open(on: loop)
        guard let lifetime = terms.lifetime, state.expiry == nil, !log.log(on: loop).isEnded else { return }
        state.touched = loop.now
        state.expiry = FeedExpiry(after: lifetime, on: loop) { [weak self] loop in
            guard let self else { return nil }
            let end = (self.state.open(on: loop).touched ?? loop.now) + lifetime
            guard end <= loop.now else { return end }
            expire(self, loop)
            return nil
        }
    }

    /// Says again what it had said before a restart.
    func recall(_ data: [UInt8], of time: Timestamp, on loop: isolated EventLoop) throws(LogError) {
        try log.log(on: loop).append(entryType, data: data.span, at: time, on: loop)
        let state = state.open(on: loop)
        state.changed = time
        if window == .latest {
            state.last = data
            state.confirmed = time
        }
    }

    /// The same where the condition is met, for those who are on its loop. Returns the number of its last entry.
    func end(
        _ ending: Ending, if condition: FeedCondition, on loop: isolated EventLoop
    ) throws(FeedError) -> UInt64 {
        let log = try log(if: condition, on: loop)
        end(ending, on: loop)
        return log.head
    }

    /// Its log, where it goes on and is in the state that is asked for.
    private func log(if condition: FeedCondition, on loop: isolated EventLoop) throws(FeedError) -> Log {
        let log = log.log(on: loop)
        guard !log.isEnded else { throw .ended }
        guard condition.allows(log.head) else { throw .changed(log.head) }
        return log
    }

    // MARK: Looking

    /// What there is to say of it now.
    package func summary() async -> FeedSummary { await summary(on: home) }

    private func summary(on loop: isolated EventLoop) -> FeedSummary {
        let state = state.open(on: loop)
        return FeedSummary(
            name: name, type: type, window: window, seq: log.log(on: loop).head, changed: state.changed,
            stale: state.stale, publisher: publisher, terms: terms)
    }

    /// The number of its newest entry; one less than that of its first while nothing was said.
    package func head() async -> UInt64 { await head(on: home) }

    private func head(on loop: isolated EventLoop) -> UInt64 { log.log(on: loop).head }

    /// Its last entries, whole messages, oldest first: those behind `after`, or the newest `limit`.
    package func glimpse(after seq: UInt64?, limit: Int) async -> FeedGlimpse {
        await glimpse(after: seq, limit: limit, on: home)
    }

    private func glimpse(after seq: UInt64?, limit: Int, on loop: isolated EventLoop) -> FeedGlimpse {
        let log = log.log(on: loop)
        let newest = log.head - min(log.head - (log.oldest - 1), UInt64(limit))
        let reader = GlimpseReader(limit: limit)
        log.attach(reader, after: seq ?? newest, on: loop)
        reader.take(on: loop)
        log.detach(reader, on: loop)
        return FeedGlimpse(
            seq: log.head, oldest: log.oldest, messages: reader.messages, missing: reader.missing,
            restart: reader.restart,
            stale: state.open(on: loop).stale)
    }
}

/// What publishing came to.
package struct FeedReceipt: Equatable, Sendable {
    /// The number of the entry that says so.
    package let seq: UInt64
    /// False where a `latest` feed had that value already.
    package let isNews: Bool
}

/// What a feed's own loop knows besides its log.
private final class FeedState {
    /// The data of a `latest` feed as it said them last.
    var last: [UInt8]?
    var changed: Timestamp?
    /// When the data of a `latest` feed were last seen to be so.
    var confirmed: Timestamp?
    var stale: String?
    /// When somebody last published to it, also what it had said already.
    var touched: Instant?
    var expiry: FeedExpiry?
}

extension FeedError {
    init(_ error: LogError) {
        switch error {
        case .entryTooLarge(let bytes, let limit): self = .tooLarge(bytes: bytes, limit: limit)
        case .ended, .archive: self = .ended
        }
    }
}
