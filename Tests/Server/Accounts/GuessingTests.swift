import Configuration
import Loop
import Sessions
import Store
import Synchronization
import TestKit
import Testing
import Wire

@testable import Server

/// Somebody tries passwords, and somebody else only wants to sign in.
@Suite struct GuessingTests {
    private static let password = "correct horse battery"

    private static func settings(_ settings: inout Settings) {
        settings.accounts.loginAttempts = 2
        settings.accounts.loginAttemptsPerAddress = 4
        settings.accounts.loginAttemptsPerName = 6
    }

    private static func signIn(
        _ name: String = "ann", password: String = password, from host: String,
        sending headers: HTTPHeaders = [:],
        _ ground: AccountsGround, _ loop: isolated EventLoop
    ) async throws -> Answer {
        let body = SigningInTests.body(name, password: password)
        return try await ground.ask(.post, "/api/v1/sign-in", headers, body: body, peer: host, on: loop)
    }

    /// Wrong passwords from so many machines that the name itself is slowed down.
    private static func attack(
        _ name: String, _ ground: AccountsGround, _ loop: isolated EventLoop
    ) async throws {
        var last: UInt16 = 0
        for machine in 1...7 {
            let peer = "198.51.100.\(machine):9"
            last = try await signIn(name, password: "a wrong password", from: peer, ground, loop).status
        }
        #expect(last == 429)
    }

    @Test func whoGuessesFromOneAddressLocksNobodyElseOut() async throws {
        try await withAccounts(Self.settings) { ground, loop in
            try await ground.account("ann", .admin, password: Self.password)
            var statuses: [UInt16] = []
            for _ in 0..<10 {
                statuses.append(
                    try await Self.signIn(password: "a wrong one", from: "192.0.2.66:9", ground, loop).status)
            }
            #expect(statuses == [401, 401] + [UInt16](repeating: 429, count: 8))
            // Nor does it help to know it now.
            #expect(try await Self.signIn(from: "192.0.2.66:9", ground, loop).status == 429)
            #expect(try await Self.signIn(from: "192.0.2.7:9", ground, loop).status == 200)
            // Ten refusals are two wrong passwords and one that says that it was too much.
            #expect(ground.trail.all(.refused).count == 3)
        }
    }

    @Test func anAddressTriesFewPasswordsHoweverManyTheNames() async throws {
        try await withAccounts(Self.settings) { ground, loop in
            var statuses: [UInt16] = []
            for number in 0..<6 {
                let peer = "[2001:db8::\(number + 1)]:9"
                statuses.append(
                    try await Self.signIn("name\(number)", from: peer, ground, loop).status)
            }
            #expect(statuses == [401, 401, 401, 401, 429, 429])
            #expect(try await Self.signIn("name", from: "[2001:db8:0:1::1]:9", ground, loop).status == 401)
        }
    }

    @Test func aNameThatManyTryIsSlowForStrangersAndOpenToItsOwner() async throws {
        try await withAccounts(Self.settings) { ground, loop in
            try await ground.account("ann", .admin, password: Self.password)
            try await ground.account("bob", .admin, password: Self.password)
            #expect(try await Self.signIn(from: "192.0.2.7:9", ground, loop).status == 200)
            try await Self.attack("ann", ground, loop)
            let stranger = try await Self.signIn(from: "192.0.2.8:9", ground, loop)
            #expect(stranger.status == 429)
            #expect(stranger.headers[.retryAfter] == "50")
            #expect(try await Self.signIn(from: "192.0.2.7:9", ground, loop).status == 200)
            for local in ["127.0.0.1:9", "[::1]:9", "unix:/run/h"] {
                #expect(try await Self.signIn(from: local, ground, loop).status == 200)
            }
            #expect(try await Self.signIn("bob", from: "192.0.2.8:9", ground, loop).status == 200)
            // Slow, and not closed.
            await ground.advance(by: .seconds(50), on: loop) { loop.now >= ground.clock.now }
            #expect(try await Self.signIn(from: "192.0.2.8:9", ground, loop).status == 200)
        }
    }

    @Test func aNameThatIsNotThereIsSlowedDownAlike() async throws {
        try await withAccounts(Self.settings) { ground, loop in
            try await Self.attack("nobody", ground, loop)
            let longName = String(repeating: "x", count: 100_000)
            #expect(try await Self.signIn(longName, from: "192.0.2.8:9", ground, loop).status == 401)
        }
    }

    @Test func anAddressStaysFamiliarWhenTheServerStartsAgain() async throws {
        try await withAccounts(Self.settings) { ground, loop in
            try await ground.account("ann", .admin, password: Self.password)
            let link = try await FirstStart.link(for: "ann", ground.storage, lifetime: .seconds(900))
            let followed = try await ground.ask(.get, link, peer: "[2001:db8::7]:9", on: loop)
            #expect(followed.status == 303)
            // What another process finds in the folder.
            let network = AskerNetwork(of: "2001:db8::8")
            #expect(try await ground.storage.isFamiliar(network, to: "ann"))
            #expect(try await ground.storage.isFamiliar(network, to: "bob") == false)
            for number in 0..<40 {
                ground.wall.advance(by: .seconds(3_600))
                await ground.advance(by: .seconds(3_600), on: loop) { loop.now >= ground.clock.now }
                #expect(try await Self.signIn(from: "203.0.113.\(number):9", ground, loop).status == 200)
            }
            #expect(try await ground.storage.isFamiliar(network, to: "ann") == false, "32 are remembered")
            #expect(try await ground.storage.isFamiliar(AskerNetwork(of: "203.0.113.39"), to: "ann"))
        }
    }

    @Test func behindAUnixSocketTheAskerIsWhomTheProxyNames() async throws {
        try await withAccounts(Self.settings) { ground, loop in
            try await ground.account("ann", .admin, password: Self.password)
            let guesser: HTTPHeaders = ["X-Forwarded-For": "192.0.2.66"]
            for _ in 0..<3 {
                _ = try await Self.signIn(
                    password: "a wrong one", from: "unix:/run/h", sending: guesser, ground, loop)
            }
            #expect(try await Self.signIn(from: "unix:/run/h", sending: guesser, ground, loop).status == 429)
            let other: HTTPHeaders = ["X-Forwarded-For": "192.0.2.7"]
            #expect(try await Self.signIn(from: "unix:/run/h", sending: other, ground, loop).status == 200)
            #expect(try await Self.signIn(from: "unix:/run/h", ground, loop).status == 200)
        }
    }

    @Test func linksThatAreTriedDoNotFillTheTrail() async throws {
        try await withAccounts(Self.settings) { ground, loop in
            for number in 0..<50 {
                let answer = try await ground.ask(.get, "/sign-in?token=\(number)", on: loop)
                #expect(answer.status == 401)
            }
            #expect(ground.trail.all(.refused).count == 4)
        }
    }

    @Test func aCheckThatDidNotTakePlaceIsNoFailure() async throws {
        try await withAccounts(Self.settings) { ground, loop in
            try await ground.account("ann", .admin, password: Self.password)
            await ground.store.close()
            for _ in 0..<5 {
                #expect(try await Self.signIn(from: "192.0.2.7:9", ground, loop).status == 503)
            }
        }
    }
}
