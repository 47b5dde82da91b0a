import Loop

/// Carries what a log says to its copy on another loop: one batch on its way at a time, each of all that is
/// pending. It is a reader like any other, so a copy on a slow loop never holds the owner up.
final class LogRelay: LogReader {
    var cursor: Cursor?
    private let told = Waiter()

    /// As much travels at a time.
    private static let batchBytes = 256 * 1024

    func hear(_ log: Log, on loop: isolated EventLoop) { told.signal(on: loop) }

    /// Until the log has ended or the task is cancelled, because nobody reads the copy any more.
    func run(from log: Log, to copy: LoopBound<LogCopy>, on loop: isolated EventLoop) async {
        log.attach(self, at: (log.oldest, false), deflatedBy: nil, on: loop)
        let begin = LogNews.begin(at: log.oldest, spoken: log.spoken(before: log.oldest), head: log.head)
        await copy.run { $0.take(begin, on: $1) }
        while !Task.isCancelled, let news = next(on: loop) {
            if let news {
                await copy.run { $0.take(news, on: $1) }
            } else if await told.wait(until: .distantFuture, on: loop) == .cancelled {
                break
            }
        }
        if let ending = log.ending, !Task.isCancelled {
            await copy.run { $0.take(.ending(ending), on: $1) }
        }
        log.detach(self, on: loop)
    }

    /// What is to be carried next; `.some(nil)` when that has yet to be said, nil after the end. What the owner no
    /// longer keeps is left out: the copy's readers see for themselves that it is missing.
    private func next(on loop: isolated EventLoop) -> LogNews?? {
        let (log, place) = (cursor!.log, cursor!.next)
        cursor!.skipArchived()
        // The newest entry is too large for memory: no batch would tell of it.
        if cursor!.next > place, cursor!.next == log.end { return .archived(before: log.end) }
        switch cursor!.pending(atMost: Self.batchBytes, on: loop) {
        case .slice(let slice):
            let batch = LogBatch(copying: slice, spoken: log.spoken(before: slice.first))
            cursor!.advance(past: slice)
            return .entries(batch)
        case .ended: return nil
        case .nothing, .gap, .reset, .unreadable: return .some(nil)
        }
    }
}

/// What a relay tells a copy.
enum LogNews: Sendable {
    /// The copy begins with this entry; it has arrived when it has the one that was the newest then.
    case begin(at: UInt64, spoken: UInt64, head: UInt64)
    case entries(LogBatch)
    /// Everything before this entry is in the archive, and not in memory.
    case archived(before: UInt64)
    case ending(Ending)
}
