import Loop
import Sessions
import Terminals
import Testing

@testable import Server

@Suite struct TerminalSharesTests {
    private let shares = TerminalShares()
    private let first = TerminalRecord(owner: nil, launch: TerminalLaunch("/bin/sh", environment: [:]))
    private let second = TerminalRecord(owner: nil, launch: TerminalLaunch("/bin/sh", environment: [:]))
    private var one: TerminalID { first.id }
    private var other: TerminalID { second.id }
    private let now = Timestamp(milliseconds: 1_000_000)
    private let caller = Caller(
        Credential(
            StoredCredential(
                digest: SecretDigest(of: "x"), kind: .token, id: "t_1", account: "ann", role: .operators,
                expires: nil, used: nil)), means: .bearer)

    @Test func aLinkOpensItsTerminalUntilItsTime() throws {
        let (share, token) = try shares.make(of: first, by: caller, at: now, lifetime: .seconds(10))
        #expect(shares.find(token.text, for: one, at: now + .seconds(9)) === share)
        #expect(shares.find(token.text, for: one, at: now + .seconds(10)) == nil)
        #expect(shares.find(token.text, for: other, at: now) == nil)
        #expect(shares.find("", for: one, at: now) == nil)
        #expect(shares.list(of: one, at: now).map(\.id) == [share.id])
        #expect(
            shares.list(of: one, at: now + .seconds(10)).isEmpty && shares.list(of: other, at: now).isEmpty)
    }

    @Test func whoEndsALinkSendsAwayWhoCameByIt() throws {
        let (share, token) = try shares.make(of: first, by: caller, at: now, lifetime: .seconds(10))
        let (there, gone, late) = (TerminalBell(), TerminalBell(), TerminalBell())
        share.enter(there)
        share.enter(gone)
        share.leave(gone)
        #expect(share.viewers == 1)
        #expect(!shares.end(share.id, of: other))
        #expect(shares.end(share.id, of: one) && !shares.end(share.id, of: one))
        share.enter(late)
        #expect(there.ending?.closeCode == 4002 && late.ending?.closeCode == 4002 && gone.ending == nil)
        #expect(shares.find(token.text, for: one, at: now) == nil)
    }

    @Test func thereAreAsManyLinksAsMayBeAndThoseThatEndedDoNotCount() throws {
        for _ in 0..<100 { _ = try shares.make(of: first, by: caller, at: now, lifetime: .seconds(10)) }
        #expect(throws: (any Error).self) {
            try shares.make(of: first, by: caller, at: now, lifetime: .seconds(10))
        }
        _ = try shares.make(of: second, by: caller, at: now, lifetime: .seconds(10))
        _ = try shares.make(of: first, by: caller, at: now + .seconds(10), lifetime: .seconds(10))
        #expect(throws: (any Error).self) {
            try shares.make(of: second, by: .nobody, at: now, lifetime: .seconds(10))
        }
    }

    @Test func withItsTerminalALinkIsForgottenAndWhoIsThereStays() throws {
        let (share, token) = try shares.make(of: first, by: caller, at: now, lifetime: .seconds(10))
        let (_, others) = try shares.make(of: second, by: caller, at: now, lifetime: .seconds(10))
        let viewer = TerminalBell()
        share.enter(viewer)
        shares.forget(one)
        #expect(shares.find(token.text, for: one, at: now) == nil && shares.list(of: one, at: now).isEmpty)
        #expect(shares.find(others.text, for: other, at: now) != nil)
        #expect(viewer.ending == nil)
    }
}
