/// Which state a publisher wants a feed to be in. A state is known by the number of the newest entry: no other
/// state of a feed of that name has, had or will have the same.
package enum FeedCondition: Equatable, Sendable {
    case none
    /// It is there.
    case exists
    /// It is not there.
    case absent
    case oneOf([UInt64])

    /// - Parameter seq: nil where there is no feed.
    func allows(_ seq: UInt64?) -> Bool {
        switch self {
        case .none: true
        case .exists: seq != nil
        case .absent: seq == nil
        case .oneOf(let known): seq.map(known.contains) ?? false
        }
    }
}
