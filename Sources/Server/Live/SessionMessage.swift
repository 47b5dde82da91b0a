import JSONCoding
import Loop
import Sessions

/// A session as it is told.
struct SessionMessage: Codable, Sendable {
    let id: String
    let kind: String
    @OrNull var account: String?
    let peer: String
    let phase: String
    /// Why it is closing.
    @OrNull var reason: String?
    let since: Timestamp
    let ageSeconds: Int64
    /// When it will end by itself if nothing happens.
    @OrNull var endsAt: Timestamp?
    let holds: [String: Int]

    init(_ info: SessionInfo) {
        id = "\(info.id)"
        kind = info.kind.name
        account = info.owner?.account
        peer = info.peer
        phase = info.phase.rawValue
        reason = info.reason?.name
        since = Timestamp(milliseconds: info.id.milliseconds)
        ageSeconds = info.age.milliseconds / 1000
        endsAt = info.deadline.map {
            Timestamp(milliseconds: info.id.milliseconds + ($0 - info.since).milliseconds)
        }
        let held = Holding.allCases.filter { info.holding[$0] != 0 }
        holds = Dictionary(uniqueKeysWithValues: held.map { ($0.name, info.holding[$0]) })
    }
}
