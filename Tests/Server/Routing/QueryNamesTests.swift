import Loop
import Testing
import Transport
import Wire

@testable import Server

@Suite struct QueryNamesTests {
    private func route(
        _ path: String, access: Access = .atLeast(.viewer), _ parameters: [Documentation.Parameter] = []
    ) -> Route {
        var documentation = Documentation()
        documentation.parameters = parameters
        return Route(.get, path, "S", access: access, documentation: documentation) { _, _ in Response(.ok) }
    }

    private let listing: [Documentation.Parameter] = [
        .init("id", "In the path."), .init("status", ""), .init("limit", ""),
        .init("Idempotency-Key", "", place: .header),
    ]

    @Test(arguments: ["", "status=failed", "limit=1&status=a", "ticket=abc", "st%61tus=x", "status"])
    func whatIsDocumentedIsTaken(_ query: String) throws {
        try route("/api/v1/tasks/{id}", listing).check(HTTPQuery(query))
    }

    @Test(arguments: ["stauts=failed", "status=a&Limit=1", "id=1", "Idempotency-Key=1", "=5", "status[]=a"])
    func whatIsNotIsRefused(_ query: String) async {
        let refused = await refusal { () throws(HTTPError) in
            try route("/api/v1/tasks/{id}", listing).check(HTTPQuery(query))
        }
        #expect(refused?.status == .badRequest)
        #expect(refused?.sentence.hasSuffix("The query takes `status`, `limit`.") == true)
    }

    @Test(arguments: ["limit=1&limit=2", "limit=1&status=a&lim%69t=1", "limit&limit", "ticket=a&ticket=a"])
    func whatIsSaidTwiceIsRefusedByItsName(_ query: String) async {
        let refused = await refusal { () throws(HTTPError) in
            try route("/api/v1/tasks/{id}", listing).check(HTTPQuery(query))
        }
        let name = query.hasPrefix("ticket") ? "ticket" : "limit"
        #expect(refused?.status == .badRequest)
        #expect(refused?.sentence == "The parameter `\(name)` is there more than once: say it once.")
    }

    @Test func theSentenceNamesItAndWhatWasProbablyMeant() async {
        let refused = await refusal { () throws(HTTPError) in
            try route("/api/v1/tasks", listing).check(HTTPQuery("stauts=failed"))
        }
        #expect(refused?.sentence.contains("no parameter `stauts` here; did you mean `status`?") == true)
        let none = await refusal { () throws(HTTPError) in
            try route("/api/v1/queue").check(HTTPQuery("pasued=true"))
        }
        #expect(none?.sentence == "There is no parameter `pasued` here. The query takes none.")
    }

    @Test func aSecretInItsPlaceIsNotRepeated() async {
        let secret = String(repeating: "a1", count: Secret.length / 2) + (Secret.length % 2 == 1 ? "x" : "")
        let refused = await refusal { () throws(HTTPError) in
            try route("/api/v1/queue").check(HTTPQuery(secret))
        }
        #expect(refused?.sentence.contains("`***`") == true)
        #expect(refused?.sentence.contains(secret) == false)
    }

    @Test func pagesAndWhoJudgesByItselfTakeAny() throws {
        for path in ["/", "/{path...}", "/healthz", "/sign-in"] {
            try route(path, access: .anyone).check(HTTPQuery("utm_source=x"))
        }
        try route("/api/v1/webhooks/{source}", access: .signed).check(HTTPQuery("channel=x"))
    }
}
