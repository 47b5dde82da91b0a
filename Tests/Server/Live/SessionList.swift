import FoundationEssentials
import Loop
import Testing

/// A session as `GET /api/v1/sessions` lists it.
struct ListedSession: Decodable, Equatable {
    let id: String
    let kind: String
    let account: String?
    let peer: String
    let phase: String
    let since: String
    let holds: [String: Int]
}

extension RawClient {
    func sessions(_ query: String = "") throws -> [ListedSession] {
        struct List: Decodable { let sessions: [ListedSession] }
        let answer = try request("GET /api/v1/sessions\(query)")
        #expect(answer.status == 200)
        return try JSONDecoder().decode(List.self, from: Data(answer.body.utf8)).sessions
    }

    /// Asks again and again until as many are listed.
    func sessions(_ query: String = "", count: Int) throws -> [ListedSession] {
        let deadline = SystemClock().now + .seconds(10)
        while true {
            let list = try sessions(query)
            if list.count == count { return list }
            guard SystemClock().now < deadline else { throw Gone(description: "not \(count), but \(list)") }
        }
    }

    func end(_ session: ListedSession, headers: String = "") throws -> Answer {
        try request("DELETE /api/v1/sessions/\(session.id)", headers: headers)
    }
}
