import Glibc
import JSONCoding
import Loop
import Sessions
import Store
import Synchronization
import Testing
import Wire

@testable import Server

@Suite struct StoredAuditTests {
    @Test func whatIsRecordedIsWrittenInOrder() async throws {
        try await withAccounts { ground, _ in
            let audit = ground.audit
            for number in 0..<1_200 {
                audit.record(AuditEntry(.signedIn, account: "ann", peer: "::1", detail: "\(number)"))
            }
            await audit.flush()
            let details = try await ground.store.read { db in
                try db.all("select detail from audit order by id") { try $0[0, as: String.self] }
            }
            #expect(details == (0..<1_200).map { "\($0)" })
            #expect((audit.dropped, audit.waiting) == (0, 0))
        }
    }

    @Test func whatIsTooMuchIsDroppedAndSaid() async throws {
        try await withAccounts { ground, _ in
            let audit = ground.audit
            let gate = Gate()
            async let held: Void = ground.store.write { _ in gate.wait() }
            await gate.reached()
            let excess = 7
            // One batch is on its way to the database while as many wait as may.
            while audit.dropped < excess { audit.record(AuditEntry(.signedOut)) }
            gate.open()
            try await held
            await audit.flush()
            let said = try await ground.store.read { db in
                try db.all("select detail from audit where event = 'entries_missing'") { row in
                    try row[0, as: String.self]
                }
            }
            #expect(said == ["7 entries were not kept"])
        }
    }

    @Test func nothingInItIsChangedOrRemoved() async throws {
        try await withAccounts { ground, _ in
            let audit = ground.audit
            audit.record(AuditEntry(.signedIn, account: "ann"))
            await audit.flush()
            await #expect(throws: StoreError.self) {
                try await ground.store.write { db in try db.run("update audit set account = 'bob'") }
            }
            await #expect(throws: StoreError.self) {
                try await ground.store.write { db in try db.run("delete from audit") }
            }
        }
    }

    @Test func theTrailIsAskedForWhatMatters() async throws {
        try await withAccounts { ground, loop in
            let token = try await ground.token(.admin).secret.text
            var entry = AuditEntry(.sessionOpened, account: "ann")
            entry.kind = .websocket
            ground.audit.record(entry)
            ground.audit.record(AuditEntry(.signedIn, account: "bob"))
            await ground.audit.flush()
            ground.wall.advance(by: .seconds(3600))
            entry.kind = .sse
            ground.audit.record(entry)
            await ground.audit.flush()
            let late = ground.wall.now.rfc3339
            for (query, expected) in [
                ("event=session_opened", [3, 1]), ("kind=websocket", [1]),
                ("event=signed_in&account=bob", [2]),
                ("event=signed_in&account=ann", []), ("from=\(late)", [3]), ("to=\(late)", [2, 1]),
                ("session=none", []), ("kind=sse&from=\(late)", [3]),
            ] {
                let answer = try await ground.ask(
                    .get, "/api/v1/audit?\(query)", [.authorization: "Bearer \(token)"], on: loop)
                let ids = answer.text.split(separator: "\"id\":").dropFirst().compactMap { rest in
                    Int(rest.prefix { $0.isNumber })
                }
                #expect(ids == expected, "\(query): \(answer.text)")
            }
            let wrong = try await ground.ask(
                .get, "/api/v1/audit?from=today", [.authorization: "Bearer \(token)"], on: loop)
            #expect(wrong.status == 400)
        }
    }

    @Test func anAdminReadsTheTrailBackwards() async throws {
        try await withAccounts { ground, loop in
            for number in 0..<5 {
                ground.audit.record(AuditEntry(.signedIn, account: number == 2 ? "bob" : "ann"))
            }
            await ground.audit.flush()
            for (query, role, expected) in [
                ("", Role.admin, [5, 4, 3, 2, 1]), ("limit=2&before=4", .admin, [3, 2]),
                ("account=bob", .admin, [3]), ("limit=0", .admin, []), ("", .operators, []),
            ] {
                let token = try await ground.token(role).secret.text
                let answer = try await ground.ask(
                    .get, "/api/v1/audit?\(query)", [.authorization: "Bearer \(token)"], on: loop)
                let ids = answer.text.split(separator: "\"id\":").dropFirst().compactMap { rest in
                    Int(rest.prefix { $0.isNumber })
                }
                #expect(ids == expected)
                #expect(answer.status == (role == .admin ? (query == "limit=0" ? 400 : 200) : 403))
            }
        }
    }
}

/// Where a body on the store's thread stops until the test lets it go on.
final class Gate: Sendable {
    private let arrived = AsyncStream<Void>.makeStream()
    private let opened = Mutex(false)

    func wait() {
        arrived.continuation.yield()
        // The thread is the store's own, and meant to be held.
        while !opened.withLock({ $0 }) { sched_yield() }
    }

    func reached() async { for await _ in arrived.stream { return } }
    func open() { opened.withLock { $0 = true } }
}
