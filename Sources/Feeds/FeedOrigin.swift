package import Loop

/// The number at which the feeds of one life of the server begin: larger than any that an earlier life has given.
///
/// It is the time of the start in microseconds: to get ahead of it, a life would have to say a million entries in each
/// of its seconds. Where the clock was set back, the origin of the life before decides, with room behind it for what
/// that life has said.
///
/// Numbers stay below 2^53, up to which JSON's readers are exact: a clock beyond the year 2112 counts as that year,
/// which leaves room for 2^52 entries, or for four million restarts.
package enum FeedOrigin {
    /// As many entries may a life of the server have said, whatever its clock did.
    private static let room: UInt64 = 1 << 30
    private static let latest: UInt64 = 1 << 52

    /// - Parameter earlier: that of the life before; nil for the first.
    package static func next(after earlier: UInt64?, at time: Timestamp) -> UInt64 {
        let clock = min(UInt64(max(time.milliseconds, 1)) &* 1000, latest)
        guard let earlier else { return clock }
        return max(clock, earlier + room)
    }
}
