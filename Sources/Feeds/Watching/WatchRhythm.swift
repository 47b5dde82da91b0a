/// When a watcher looks: in even steps while that goes well; after each failure it waits twice as long as before, up
/// to a minute or thirty of its steps, whichever is less.
package struct WatchRhythm: Sendable, Equatable {
    package let every: Duration
    /// How long one look may take.
    package let timeout: Duration
    private var failures = 0

    package init(every: Duration, timeout: Duration) {
        self.every = every
        self.timeout = timeout
    }

    /// From the beginning of the last look to that of the next.
    package var pause: Duration {
        let most = max(every, min(.seconds(60), every * 30))
        return min(every * (1 << min(failures, 16)), most)
    }

    package mutating func note(success: Bool) { failures = success ? 0 : failures + 1 }
}
