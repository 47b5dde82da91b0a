import Configuration
import Loop
import Sessions
import Store
import TestKit
import Testing
import Transport
import Wire

@testable import Server

/// What is open with a credential ends with it: with 4002, within a second.
@Suite struct RevocationTests {
    @Test func aRevokedTokenEndsWhatIsOpenWithItAndNothingElse() async throws {
        try await withAccounts { ground, loop in
            let (token, other) = (try await ground.token(), try await ground.token())
            let page = try await Self.open(token, ground, loop)
            let bystander = try await Self.open(other, ground, loop)
            try await ground.accounts.revokeToken(token.token.id, by: Caller(owner: nil, role: .admin))
            #expect(page.ending == Ending(.signedOut))
            #expect(page.ending?.closeCode == 4002)
            await #expect(throws: HTTPError.self) { try await ground.identify(bearer: token.secret) }
            #expect(bystander.ending == nil)
            #expect(ground.trail.all(.tokenRevoked).count == 1)
            Self.endAll(ground, loop)
        }
    }

    @Test func aTokenThatExpiresEndsWhatIsOpenWithItWithinASecond() async throws {
        try await withAccounts { ground, loop in
            let token = try await ground.token(lifetime: .seconds(60))
            let page = try await Self.open(token, ground, loop)
            await ground.advance(by: .milliseconds(59_500), on: loop) { loop.now >= ground.clock.now }
            #expect(page.ending == nil)
            await ground.advance(by: .milliseconds(500), on: loop) { loop.now >= ground.clock.now }
            await ground.advance(by: .milliseconds(500), on: loop) { page.ending != nil }
            #expect(page.ending == Ending(.signedOut))
        }
    }

    @Test func aTokenRevokedBesideTheServerEndsWhatIsOpenWithinASecond() async throws {
        try await withAccounts { ground, loop in
            let token = try await ground.token()
            let page = try await Self.open(token, ground, loop)
            let guest = try Store(
                folder: ground.folder, role: .guest,
                migrations: AccountStorage.migrations + AuditTable.migrations)
            try await AccountStorage(guest).revokeTokens("test")
            await guest.close()
            await ground.advance(by: .milliseconds(500), on: loop) { page.ending != nil }
            #expect(page.ending == Ending(.signedOut))
        }
    }

    @Test func whatSlipsInWhileItsTokenIsRevokedEndsToo() async throws {
        try await withAccounts { ground, loop in
            let token = try await ground.token()
            let owner = try await ground.identify(bearer: token.secret).owner
            try await ground.accounts.revokeToken(token.token.id, by: Caller(owner: nil, role: .admin))
            let late = OpenPage()
            _ = ground.sessions.registry(on: loop).open(.websocket, owner: owner, body: late, on: loop)
            await ground.advance(by: .milliseconds(500), on: loop) { late.ending != nil }
            #expect(late.ending == Ending(.signedOut))
        }
    }

    @Test func aLowerRoleHoldsAtOnceAndAHigherOneEndsNothing() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .operators)
            let token = try await ground.storage.createToken(
                named: "t", for: "ann", role: .operators, expires: nil)
            let page = try await Self.open(token, ground, loop)
            let nobody = Caller.nobody
            try await ground.accounts.setRole(.admin, of: "ann", by: nobody)
            #expect(page.ending == nil)
            // Its own scope still holds.
            #expect(try await ground.identify(bearer: token.secret).role == .operators)
            try await ground.account("bob", .admin)
            try await ground.accounts.setRole(.viewer, of: "ann", by: nobody)
            #expect(page.ending == Ending(.signedOut))
            #expect(try await ground.identify(bearer: token.secret).role == .viewer)
        }
    }

    @Test func aRemovedAccountTakesItsTokensAlong() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .viewer)
            let token = try await ground.storage.createToken(
                named: "t", for: "ann", role: .viewer, expires: nil)
            let page = try await Self.open(token, ground, loop)
            try await ground.accounts.remove("ann", by: .nobody)
            #expect(page.ending == Ending(.signedOut))
            await #expect(throws: HTTPError.self) { try await ground.identify(bearer: token.secret) }
        }
    }

    @Test func whatATokenMadeIsRevokedWithIt() async throws {
        try await withAccounts { ground, loop in
            var shown: HTTPHeaders = [.authorization: "Bearer \(try await ground.token().secret.text)"]
            var ids: [String] = []
            for _ in 0..<3 {
                let made = try await ground.ask(
                    .post, "/api/v1/tokens", shown, body: #"{"name":"child"}"#, on: loop)
                shown = [.authorization: "Bearer \(try #require(made.field("token")))"]
                ids.append(try #require(made.field("id")))
            }
            let page = OpenPage()
            let owner = try await ground.identify(ground.head(.get, "/", shown)).owner
            _ = ground.sessions.registry(on: loop).open(.websocket, owner: owner, body: page, on: loop)
            try await ground.accounts.revokeToken(ids[0], by: Caller(owner: nil, role: .admin))
            #expect(page.ending == Ending(.signedOut))
            #expect(try await ground.ask(.get, "/api/v1/me", shown, on: loop).status == 401)
            #expect(try await ground.storage.tokens().map(\.name) == ["test"])
        }
    }

    @Test func aPasswordThatWasChangedMeanwhileSignsNobodyIn() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .viewer, password: "correct horse battery")
            let (account, hash) = try #require(try await ground.storage.account("ann"))
            try await ground.storage.setPasswordHash(
                Passwords.hash("another long password"), of: "ann", keeping: nil)
            let approach = ground.accounts.approach(
                of: try ground.head(), peer: SocketAddress(parsing: "192.0.2.1:9")!, isSecure: false)
            let refusal = await #expect(throws: HTTPError.self) {
                try await ground.storage.createSignIn(
                    for: account, by: hash, from: approach, lifetime: .seconds(60))
            }
            #expect(refusal?.status == .unauthorized)
            try await ground.storage.remove("ann")
            await #expect(throws: HTTPError.self) {
                try await ground.storage.createSignIn(
                    for: account, by: nil, from: approach, lifetime: .seconds(60))
            }
        }
    }

    @Test func whoCannotWriteStillEndsWhatIsOver() async throws {
        try await withAccounts { ground, loop in
            try await ground.account("ann", .viewer, password: "correct horse battery")
            let cookie = try await SigningInTests.signIn("ann", on: ground, loop).cookie
            let signedIn = OpenPage()
            let owner = try await ground.identify(ground.head(.get, "/", cookie)).owner
            _ = ground.sessions.registry(on: loop).open(.websocket, owner: owner, body: signedIn, on: loop)
            let token = try await ground.token(lifetime: .days(8))
            let page = try await Self.open(token, ground, loop)
            let gate = Gate()
            async let held: Void = ground.store.write { _ in gate.wait() }
            await gate.reached()
            await ground.advance(by: .days(7), on: loop) { signedIn.ending != nil }
            await ground.advance(by: .days(1), on: loop) { page.ending != nil }
            #expect(page.ending == Ending(.signedOut))
            gate.open()
            try await held
        }
    }

    private static func open(
        _ token: NewToken, _ ground: AccountsGround, _ loop: isolated EventLoop
    ) async throws -> OpenPage {
        let page = OpenPage()
        let owner = try await ground.identify(bearer: token.secret).owner
        _ = ground.sessions.registry(on: loop).open(.websocket, owner: owner, body: page, on: loop)
        return page
    }

    private static func endAll(_ ground: AccountsGround, _ loop: isolated EventLoop) {
        _ = ground.sessions.registry(on: loop).end(.all, with: Ending(.completed), on: loop)
    }
}
