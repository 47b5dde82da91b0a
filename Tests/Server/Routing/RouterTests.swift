import Testing
import Transport
import Wire

@testable import Server

@Suite struct RouterTests {
    private func route(_ method: HTTPMethod, _ path: String, kind: Route.Kind = .resource) -> Route {
        Route(method, path, "", kind: kind, access: .anyone) { _, _ in Response(.ok) }
    }

    /// The path of the route that was found, and its parameters; or the methods that there are; or nothing.
    private func find(_ method: HTTPMethod, _ target: String, in routes: [Route]) throws -> String {
        switch try Router(routes).match(method, HTTPTarget(target)) {
        case .found(let route, let parameters):
            let names = RoutePattern(route.path)?.names ?? []
            return ([route.path] + names.map { "\($0)=\(parameters[$0] ?? "nil")" }).joined(separator: " ")
        case .options(let allow): return "options \(allow)"
        case .methodNotAllowed(let allow): return "not allowed \(allow)"
        case .notFound: return "nothing"
        }
    }

    private var some: [Route] {
        [
            route(.get, "/"), route(.get, "/feeds"), route(.post, "/feeds"), route(.get, "/feeds/routes"),
            route(.get, "/feeds/{name}"), route(.post, "/feeds/{name}"),
            route(.delete, "/feeds/{name}/entries/{id}"), route(.get, "/ws", kind: .webSocket),
        ]
    }

    @Test(arguments: [
        ("/", "/"), ("/feeds", "/feeds"), ("/feeds?after=3", "/feeds"),
        ("/feeds/routes", "/feeds/routes"), ("/feeds/cpu", "/feeds/{name} name=cpu"),
        ("/feeds/a%20b%2Fc", "/feeds/{name} name=a b/c"), ("/f%65eds", "/feeds"),
        ("/feeds/", "nothing"), ("/feeds/cpu/", "nothing"), ("/Feeds", "nothing"), ("//feeds", "nothing"),
        ("/feeds/cpu/entries", "nothing"),
    ])
    func aPathFindsItsRoute(target: String, found: String) throws {
        #expect(try find(.get, target, in: some) == found)
    }

    @Test func allBracesAreFilled() throws {
        #expect(
            try find(.delete, "/feeds/cpu/entries/7", in: some) == "/feeds/{name}/entries/{id} name=cpu id=7")
    }

    @Test func aMethodThatTheMoreParticularPathLacksIsFoundInTheOther() throws {
        #expect(try find(.post, "/feeds/routes", in: some) == "/feeds/{name} name=routes")
    }

    @Test func anotherMethodIsToldWhichThereAre() throws {
        #expect(try find(.put, "/feeds", in: some) == "not allowed GET, HEAD, OPTIONS, POST")
        #expect(try find(.put, "/feeds/routes", in: some) == "not allowed GET, HEAD, OPTIONS, POST")
        #expect(try find(.get, "/feeds/a/entries/1", in: some) == "not allowed DELETE, OPTIONS")
    }

    @Test func optionsSaysWhichMethodsThereAre() throws {
        #expect(try find(.options, "/feeds", in: some) == "options GET, HEAD, OPTIONS, POST")
        #expect(try find(.options, "/nowhere", in: some) == "nothing")
    }

    @Test func whatCanBeGotCanBeAskedForItsHead() throws {
        #expect(try find(.head, "/feeds/cpu", in: some) == "/feeds/{name} name=cpu")
        #expect(try find(.head, "/ws", in: some) == "not allowed GET, OPTIONS")
    }

    @Test func aRestTakesWhatNobodyElseHas() throws {
        let routes = some + [route(.get, "/{path...}")]
        #expect(try find(.get, "/a/b/c.js", in: routes) == "/{path...} path=a/b/c.js")
        #expect(try find(.get, "/feeds", in: routes) == "/feeds")
        #expect(try find(.get, "/feeds/", in: routes) == "/{path...} path=feeds/")
        #expect(try find(.get, "/", in: [route(.get, "/{path...}")]) == "/{path...} path=")
    }

    @Test func aRestDoesNotMakeAnAddressExistForOtherMethods() throws {
        let routes = some + [route(.get, "/{path...}")]
        #expect(try find(.post, "/a/nowhere", in: routes) == "/{path...} path=a/nowhere")
        #expect(try find(.put, "/feeds", in: routes) == "not allowed GET, HEAD, OPTIONS, POST")
        #expect(try find(.options, "/nowhere", in: routes) == "options GET, HEAD, OPTIONS")
    }

    @Test func whoeverTakesItForAProxyIsToldWhatItTakes() async throws {
        try await withLiveGround(loops: 1) { ground in
            let answer = try ground.client().request("CONNECT test:80")
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, POST")
            #expect(answer.body.contains("CONNECT cannot be done here"))
        }
    }

    @Test func twoRoutesForTheSameRequestsAreRefused() {
        #expect(throws: RouteConflict.taken(method: .get, path: "/a/{y}", by: "/a/{x}")) {
            try Router([route(.get, "/a/{x}"), route(.get, "/a/{y}")])
        }
        #expect(throws: Never.self) { try Router([route(.get, "/a/{x}"), route(.get, "/a/b")]) }
    }

    @Test(arguments: ["", "a", "/{a", "/{}", "/{a}/{a}", "/x{a}", "/{a...}/b", "/{A b}"])
    func whatIsNoPatternIsRefused(path: String) {
        #expect(throws: RouteConflict.notAPattern(path: path)) { try Router([route(.get, path)]) }
    }
}
