import Transport

/// What is to be followed, and until when.
struct FollowingPlan: Sendable {
    let place: ServerPlace
    let path: LivePath
    /// The last `seq` that is known.
    var after: UInt64?
    /// How many messages are wanted; nil for all.
    var count: Int?
    /// How long to go on trying without a connection; nil for what is usual.
    var patience: Duration?

    /// Where the messages behind `seq` are.
    func url(after seq: UInt64?) throws(Failure) -> URLAddress {
        try place.liveURL(path.text + (seq.map { "?after=\($0)" } ?? ""))
    }
}
