/// The sessions of a server as a table. What a newer server says besides is left out.
struct SessionTable: Decodable {
    private struct Session: Decodable {
        let id: String
        let kind: String
        let account: String?
        let peer: String?
        let phase: String?
        let since: String?
        let holds: [String: Int]?

        /// `descriptor=1 subscription=2`
        var holding: String {
            let held = (holds ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return held.isEmpty ? "-" : held.joined(separator: " ")
        }
    }

    private let sessions: [Session]

    var text: String {
        var table = Table("ID", "KIND", "ACCOUNT", "PEER", "PHASE", "SINCE", "HOLDS")
        for session in sessions {
            table.add([
                session.id, session.kind, session.account ?? "-", session.peer ?? "-", session.phase ?? "-",
                session.since ?? "-", session.holding,
            ])
        }
        return table.text
    }
}
