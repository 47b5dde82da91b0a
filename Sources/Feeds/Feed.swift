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
    package let isBuiltIn: Bool
    private let entryType: EntryType
    private let life: UInt64
    private let state: LoopBound<FeedState>

    init(
        _ name: FeedName, _ window: FeedWindow, type: EntryType, named typeName: String, keeping kept: Window,
        isBuiltIn: Bool, on home: EventLoop
    ) {
        self.name = name
        self.window = window
        self.type = typeName
        self.isBuiltIn = isBuiltIn
        entryType = type
        life = FeedVersion.newLife()
        log = SharedLog(kept, on: home)
        state = LoopBound(FeedState(), to: home)
    }

    package var home: EventLoop { log.home }

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
        let log = log.log(on: loop)
        let state = state.open(on: loop)
        guard condition.allows(version(of: log)) else { throw .changed(version(of: log)) }
        state.stale = nil
        if window == .latest {
            guard data != state.last else { return receipt(log.head, isNews: false) }
        }
        let now = Timestamp.now
        let seq: UInt64
        do throws(LogError) {
            seq = try log.append(entryType, data: data.span, at: now, on: loop)
        } catch {
            throw FeedError(error)
        }
        state.changed = now
        if window == .latest { state.last = data }
        return receipt(seq, isNews: true)
    }

    /// What it is about could not be looked at: the last value stands, and is marked as old.
    package func markStale(_ reason: String, on loop: isolated EventLoop) {
        state.open(on: loop).stale = reason
    }

    /// Ends it for all its readers.
    package func end(_ ending: Ending) async { await log.end(ending) }

    private func receipt(_ seq: UInt64, isNews: Bool) -> FeedReceipt {
        FeedReceipt(version: FeedVersion(life: life, seq: seq), isNews: isNews)
    }

    private func version(of log: Log) -> FeedVersion { FeedVersion(life: life, seq: log.head) }

    // MARK: Looking

    /// What there is to say of it now.
    package func summary() async -> FeedSummary { await summary(on: home) }

    private func summary(on loop: isolated EventLoop) -> FeedSummary {
        let log = log.log(on: loop)
        let state = state.open(on: loop)
        return FeedSummary(
            name: name, type: type, window: window, version: version(of: log), changed: state.changed,
            stale: state.stale, isBuiltIn: isBuiltIn)
    }

    /// Its last entries, whole messages, oldest first: those behind `after`, or the newest `limit`.
    package func glimpse(after seq: UInt64?, limit: Int) async -> FeedGlimpse {
        await glimpse(after: seq, limit: limit, on: home)
    }

    private func glimpse(after seq: UInt64?, limit: Int, on loop: isolated EventLoop) -> FeedGlimpse {
        let log = log.log(on: loop)
        let newest = log.head - min(log.head, UInt64(limit))
        let reader = GlimpseReader(limit: limit)
        log.attach(reader, after: seq ?? newest, on: loop)
        reader.take(on: loop)
        log.detach(reader, on: loop)
        return FeedGlimpse(
            version: version(of: log), messages: reader.messages, missing: seq == nil ? nil : reader.missing,
            stale: state.open(on: loop).stale)
    }
}

/// What publishing came to.
package struct FeedReceipt: Equatable, Sendable {
    package let version: FeedVersion
    /// False where a `latest` feed had that value already.
    package let isNews: Bool
    package var seq: UInt64 { version.seq }
}

/// What a feed's own loop knows besides its log.
private final class FeedState {
    /// The data of a `latest` feed as it said them last.
    var last: [UInt8]?
    var changed: Timestamp?
    var stale: String?
}

extension FeedError {
    init(_ error: LogError) {
        switch error {
        case .entryTooLarge(let bytes, let limit): self = .tooLarge(bytes: bytes, limit: limit)
        case .ended, .archive: self = .ended
        }
    }
}
