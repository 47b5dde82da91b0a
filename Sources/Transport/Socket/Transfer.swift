package import Loop

/// What one attempt to read or write came to.
package enum Transfer: Equatable, Sendable {
    /// So many bytes went over, at least one.
    case moved(Int)
    /// The kernel has no more, or takes no more, for now.
    case blocked
    /// The peer will send no more.
    case ended
    case failed(SystemError)
}
