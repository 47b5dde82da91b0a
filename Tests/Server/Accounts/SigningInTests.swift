import Configuration
import Loop
import Sessions
import TestKit
import Testing
import Wire

@testable import Server

@Suite struct SigningInTests {
    private static let password = "correct horse battery"

    @Test func aPasswordSignsAPageInUntilItSignsOut() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .operators, password: Self.password)
            let answer = try await Self.signIn("ann", on: ground, loop)
            #expect(answer.status == 200)
            let cookie = try #require(answer.headers[.setCookie])
            #expect(cookie.hasPrefix("holdfast_session="))
            for attribute in ["; HttpOnly", "; SameSite=Strict", "; Path=/"] {
                #expect(cookie.contains(attribute))
            }
            #expect(!cookie.contains("Secure"))
            let me = try await ground.ask(.get, "/api/v1/me", answer.cookie, on: loop)
            #expect((me.field("account"), me.field("role")) == ("ann", "operator"))
            let page = OpenPage()
            let owner = try await ground.identify(ground.head(.get, "/", answer.cookie)).owner
            _ = ground.sessions.registry(on: loop).open(.websocket, owner: owner, body: page, on: loop)
            var headers = answer.cookie
            headers.append(.origin, "http://127.0.0.1:8002")
            let out = try await ground.ask(.post, "/api/v1/sign-out", headers, on: loop)
            #expect(out.status == 204)
            #expect(out.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(page.ending == Ending(.signedOut))
            #expect(try await ground.ask(.get, "/api/v1/me", answer.cookie, on: loop).status == 401)
            #expect(ground.trail.all(.signedIn).map(\.account) == ["ann"])
            #expect(ground.trail.all(.signedOut).map(\.account) == ["ann"])
        }
    }

    @Test func underTLSTheCookieIsBoundToTheHost() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .viewer, password: Self.password)
            let answer = try await ground.ask(
                .post, "/api/v1/sign-in", body: Self.body("ann"), isSecure: true, on: loop)
            let cookie = try #require(answer.headers[.setCookie])
            #expect(cookie.hasPrefix("__Host-holdfast_session="))
            #expect(cookie.contains("; Secure"))
            let head = try ground.head(.get, "/", answer.cookie)
            #expect(try await ground.identify(head, isSecure: true).owner?.account == "ann")
            #expect(try await ground.identify(head, isSecure: false).owner == nil)
        }
    }

    @Test func wrongNamesAndWrongPasswordsReadAlike() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .viewer, password: Self.password)
            try await ground.account("linkonly", .viewer)
            var texts: Set<String> = []
            for name in ["ann", "nobody-here", "linkonly"] {
                let answer = try await Self.signIn(name, password: "not the password", on: ground, loop)
                #expect(answer.status == 401)
                texts.insert(answer.text)
            }
            #expect(texts.count == 1)
            // A password typed into the field for the name is not written down.
            #expect(ground.trail.all(.refused).map(\.account) == ["ann", nil, "linkonly"])
            #expect(!ground.trail.all.contains { $0.detail?.contains("nobody-here") == true })
        }
    }

    @Test func tooManyFailuresHaveToWait() async throws {
        try await withAccounts({ $0.accounts.loginAttempts = 2 }) { ground, loop in
            try await ground.account("ann", .viewer, password: Self.password)
            for _ in 0..<2 {
                let answer = try await Self.signIn("ann", password: "not the password", on: ground, loop)
                #expect(answer.status == 401)
            }
            let blocked = try await Self.signIn("ann", on: ground, loop)
            #expect(blocked.status == 429)
            // One of two in five minutes is forgotten after half of that.
            #expect(blocked.headers[.retryAfter] == "150")
            await ground.advance(by: .seconds(150), on: loop) { loop.now >= ground.clock.now }
            #expect(try await Self.signIn("ann", on: ground, loop).status == 200)
        }
    }

    @Test func aSignInLastsAsLongAsItIsUsed() async throws {
        try await withAccounts({ $0.accounts.sessionLifetime = .seconds(3600) }) { ground, loop in
            try await ground.account("ann", .viewer, password: Self.password)
            let cookie = try await Self.signIn("ann", on: ground, loop).cookie
            for _ in 0..<5 {
                ground.wall.advance(by: .seconds(3000))
                #expect(try await ground.ask(.get, "/api/v1/me", cookie, on: loop).status == 200)
            }
            ground.wall.advance(by: .seconds(3600))
            let late = try await ground.ask(.get, "/api/v1/me", cookie, on: loop)
            #expect(late.status == 401)
            #expect(late.text.contains("Your sign-in has ended"))
            // A cookie that is good no longer keeps nobody from signing in again.
            let again = try await ground.ask(
                .post, "/api/v1/sign-in", cookie, body: Self.body("ann"), on: loop)
            #expect(again.status == 200)
        }
    }

    @Test func whereOneSignInIsAllowedTheNewEndsTheOld() async throws {
        try await withAccounts({ $0.accounts.singleSession = true }) { ground, loop in
            try await ground.account("ann", .viewer, password: Self.password)
            let first = try await Self.signIn("ann", on: ground, loop).cookie
            let page = OpenPage()
            let owner = try await ground.identify(ground.head(.get, "/", first)).owner
            _ = ground.sessions.registry(on: loop).open(.websocket, owner: owner, body: page, on: loop)
            let second = try await Self.signIn("ann", on: ground, loop).cookie
            #expect(page.ending == Ending(.replaced))
            #expect(page.ending?.closeCode == 4001)
            #expect(try await ground.ask(.get, "/api/v1/me", first, on: loop).status == 401)
            #expect(try await ground.ask(.get, "/api/v1/me", second, on: loop).status == 200)
        }
    }

    @Test func theFirstStartPrintsALinkThatWorksOnce() async throws {
        try await withAccounts { ground, loop in
            let link = try #require(try await FirstStart.prepare(ground.storage, linkLifetime: .seconds(900)))
            #expect(try await FirstStart.prepare(ground.storage, linkLifetime: .seconds(900)) == nil)
            #expect(try await ground.ask(.head, link, on: loop).headers[.setCookie] == nil)
            let answer = try await ground.ask(.get, link, on: loop)
            #expect(answer.status == 303)
            #expect(answer.headers[.location] == "/")
            #expect(answer.headers["Referrer-Policy"] == "no-referrer")
            #expect(answer.headers[.cacheControl] == "no-store")
            let me = try await ground.ask(.get, "/api/v1/me", answer.cookie, on: loop)
            #expect((me.field("account"), me.field("role")) == ("admin", "admin"))
            #expect(try await ground.ask(.get, link, on: loop).status == 401)
            #expect(try await ground.ask(.get, "/sign-in", on: loop).status == 400)
        }
    }

    @Test func aLinkThatWaitedTooLongIsOver() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .viewer)
            let link = try await FirstStart.link(for: "ann", ground.storage, lifetime: .seconds(900))
            ground.wall.advance(by: .seconds(900))
            #expect(try await ground.ask(.get, link, on: loop).status == 401)
            await #expect(throws: HTTPError.self) {
                try await FirstStart.link(for: "nobody", ground.storage, lifetime: .seconds(900))
            }
        }
    }

    static func body(_ name: String, password: String = password) -> String {
        #"{"name":"\#(name)","password":"\#(password)"}"#
    }

    static func signIn(
        _ name: String, password: String = password, on ground: AccountsGround, _ loop: isolated EventLoop
    ) async throws -> Answer {
        try await ground.ask(.post, "/api/v1/sign-in", body: body(name, password: password), on: loop)
    }
}
