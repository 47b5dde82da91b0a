import Loop
import Sessions
import Store
import Testing
import Wire

@testable import Server

@Suite struct AuthenticatorTests {
    @Test func whoShowsNothingIsNobody() async throws {
        try await withAccounts { ground, _ in
            let caller = try await ground.identify(ground.head())
            #expect(caller.owner == nil && caller.role == nil && caller.means == .nothing)
        }
    }

    @Test func aTokenVouchesForOneOwner() async throws {
        try await withAccounts { ground, _ in
            let token = try await ground.token(.operators, lifetime: .seconds(60))
            let one = try await ground.identify(bearer: token.secret)
            let other = try await ground.identify(bearer: token.secret)
            #expect(one.role == .operators)
            #expect(one.owner?.account == "token:test")
            #expect(one.owner?.signIn == token.token.id)
            #expect(one.owner === other.owner)
            #expect(one.expires == token.token.expires)
        }
    }

    @Test(arguments: ["Bearer hf_nonsense", "Basic YTpi", "Bearer", "Bearer a b", "hf_nonsense"])
    func whatIsShownOnPurposeMustBeGood(_ field: String) async throws {
        try await withAccounts { ground, _ in
            let head = try ground.head(.get, "/", [.authorization: field])
            let refusal = await #expect(throws: HTTPError.self) { try await ground.identify(head) }
            #expect(refusal?.status == .unauthorized)
            #expect(refusal?.sentence.contains("nonsense") == false)
        }
    }

    @Test func aTokenBesideTheSubprotocolIsAsGood() async throws {
        try await withAccounts { ground, _ in
            let token = try await ground.token()
            let upgrade: HTTPHeaders = [
                .connection: "Upgrade", .upgrade: "websocket",
                .secWebSocketProtocol: "bearer, \(token.secret.text)",
            ]
            let head = try ground.head(.get, "/api/v1/ws", upgrade)
            let caller = try await ground.identify(head)
            #expect(caller.owner?.signIn == token.token.id)
            #expect(caller.means == .subprotocol)
        }
    }

    @Test func aTicketOpensOneWebSocketAndNoMore() async throws {
        try await withAccounts { ground, _ in
            let caller = try await ground.identify(bearer: try await ground.token().secret)
            let (ticket, _) = try ground.accounts.makeTicket(for: caller)
            let head = try ground.head(.get, "/api/v1/ws?ticket=\(ticket.text)")
            let first = try await ground.identify(head)
            #expect(first.owner === caller.owner)
            #expect(first.means == .ticket)
            let refusal = await #expect(throws: HTTPError.self) { try await ground.identify(head) }
            #expect(refusal?.status == .unauthorized)
        }
    }

    @Test func aTicketIsGoodForSomeSecondsAndAsLongAsItsCredential() async throws {
        try await withAccounts { ground, _ in
            let token = try await ground.token()
            let caller = try await ground.identify(bearer: token.secret)
            let late = try ground.accounts.makeTicket(for: caller).ticket
            ground.wall.advance(by: .seconds(30))
            await #expect(throws: HTTPError.self) {
                try await ground.identify(ground.head(.get, "/?ticket=\(late.text)"))
            }
            let orphan = try ground.accounts.makeTicket(for: caller).ticket
            try await ground.accounts.revokeToken(token.token.id, by: Caller(owner: nil, role: .admin))
            await #expect(throws: HTTPError.self) {
                try await ground.identify(ground.head(.get, "/?ticket=\(orphan.text)"))
            }
            #expect(throws: HTTPError.self) { try ground.accounts.makeTicket(for: .nobody) }
        }
    }

    @Test func anExpiredTokenIsRefused() async throws {
        try await withAccounts { ground, _ in
            let token = try await ground.token(lifetime: .seconds(60))
            ground.wall.advance(by: .milliseconds(59_999))
            _ = try await ground.identify(bearer: token.secret)
            ground.wall.advance(by: .milliseconds(1))
            await #expect(throws: HTTPError.self) { try await ground.identify(bearer: token.secret) }
        }
    }

    @Test func aTokenIsNoCookieAndACookieNoToken() async throws {
        try await withAccounts { ground, _ in
            let token = try await ground.token()
            let head = try ground.head(.get, "/", [.cookie: "holdfast_session=\(token.secret.text)"])
            let caller = try await ground.identify(head)
            #expect(caller.owner == nil)
            #expect(caller.means == .lapsedCookie)
        }
    }

    @Test func aStormOfConnectionsAsksNoDatabase() async throws {
        try await withAccounts { ground, _ in
            let token = try await ground.token()
            _ = try await ground.identify(bearer: token.secret)
            let before = ground.store.statistics
            for _ in 0..<10_000 { _ = try await ground.identify(bearer: token.secret) }
            let after = ground.store.statistics
            #expect((after.reads, after.writes) == (before.reads, before.writes))
        }
    }

    @Test func unknownTokensShareOneLookAtTheDatabase() async throws {
        try await withAccounts { ground, _ in
            let before = ground.store.statistics.reads
            await withTaskGroup { group in
                for number in 0..<500 {
                    group.addTask {
                        let found = try? await ground.accounts.credentials.find(SecretDigest(of: "\(number)"))
                        #expect(found == nil)
                    }
                }
            }
            #expect(ground.store.statistics.reads - before <= 250)
        }
    }

    @Test func aTokenMadeBesideTheServerIsGoodAtOnce() async throws {
        try await withAccounts { ground, _ in
            let guest = try Store(
                folder: ground.folder, role: .guest,
                migrations: AccountStorage.migrations + AuditTable.migrations)
            let token = try await AccountStorage(guest).createToken(
                named: "ci", for: nil, role: .viewer, expires: nil)
            await guest.close()
            let caller = try await ground.identify(bearer: token.secret)
            #expect(caller.role == .viewer)
            #expect(caller.owner?.account == "token:ci")
        }
    }

    @Test func useIsWrittenDownOnceAMinute() async throws {
        try await withAccounts { ground, loop in
            let token = try await ground.token()
            _ = try await ground.identify(bearer: token.secret)
            #expect(try await ground.storage.tokens().first?.used == nil)
            let before = ground.store.statistics.writes
            await ground.advance(by: .seconds(61), on: loop) { ground.store.statistics.writes > before }
            _ = try await ground.identify(bearer: token.secret)
            let used = try #require(try await ground.storage.tokens().first?.used)
            #expect(used < ground.wall.now)
        }
    }
}
