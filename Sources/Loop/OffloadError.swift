/// Why work that was handed to the pool has no result.
package enum OffloadError: Error, Equatable {
    /// As much is waiting as the pool takes; the asker should be told to come back.
    case overloaded
    /// The deadline passed. Work that had begun goes on to its end and its result is dropped.
    case expired
    case cancelled
    /// The pool is stopping.
    case stopped
}
