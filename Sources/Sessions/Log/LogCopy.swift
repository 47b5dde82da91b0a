import Loop

/// The copy of a log on a loop that is not its owner's. Readers of that loop read it as they would the log.
final class LogCopy: LogTenant {
    let log: Log
    /// Readers on their way: a copy that expects some is kept though nobody reads it.
    var expected = 0
    /// Where it comes from, and the number of the relay that brings it; given back when it is dropped.
    var feed: (log: SharedLog, relay: Int)?
    private var hasArrived = false
    private var arrivalHead = UInt64.max
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(of log: Log) {
        self.log = log
        log.tenant = self
    }

    /// Waits for what the owner kept when the copy was asked for. That comes from inside the program, at once, and
    /// is not given up when the reader's task is cancelled, since the reader is attached all the same.
    func arrival(on loop: isolated EventLoop) async {
        guard !hasArrived else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    func deserted(on loop: isolated EventLoop) {
        guard expected == 0, let feed else { return }
        self.feed = nil
        feed.log.drop(copyOn: loop, relay: feed.relay)
    }

    func take(_ news: LogNews, on loop: isolated EventLoop) {
        switch news {
        case .begin(let first, let spoken, let head):
            log.plain.restart(at: first, spoken: spoken)
            arrivalHead = head
        case .entries(let batch): log.append(batch, on: loop)
        case .archived(let seq): log.skip(to: seq, on: loop)
        case .ending(let ending): log.end(ending, on: loop)
        }
        guard !hasArrived, log.head >= arrivalHead else { return }
        hasArrived = true
        for waiter in waiters { waiter.resume() }
        waiters.removeAll()
    }
}
