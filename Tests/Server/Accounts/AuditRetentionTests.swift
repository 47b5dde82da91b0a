import Configuration
import Loop
import Sessions
import Store
import Synchronization
import TestKit
import Testing

@testable import Server

@Suite struct AuditRetentionTests {
    private static func kept(_ keep: Duration?, _ entries: Int? = nil) -> Settings.Audit {
        var kept = Settings.declared.settings.audit
        (kept.keep, kept.entries) = (keep, entries)
        return kept
    }

    private static func record(_ count: Int, _ ground: AccountsGround) async {
        for _ in 0..<count { ground.audit.record(AuditEntry(.signedIn, account: "ann")) }
        await ground.audit.flush()
    }

    /// The newest first.
    private static func entries(_ ground: AccountsGround) async throws -> [AuditRecord] {
        try await ground.audit.entries(before: nil, matching: AuditFilter(), limit: 20_000)
    }

    @Test func whatIsTooOldIsForgottenAndItsNumbersDoNotComeBack() async throws {
        try await withAccounts { ground, _ in
            await Self.record(1_234, ground)
            ground.wall.advance(by: .days(90))
            try await ground.audit.shorten(to: Self.kept(.days(90)))
            #expect(try await Self.entries(ground).count == 1_234, "none is older yet")
            ground.wall.advance(by: .milliseconds(1))
            try await ground.audit.shorten(to: Self.kept(.days(90)))
            let left = try await Self.entries(ground)
            #expect(left.map(\.event) == ["entries_forgotten"])
            #expect(left.first?.detail == "1234 entries; kept are 90d and any number")
            await Self.record(1, ground)
            #expect(try await Self.entries(ground).map(\.id) == [1_236, 1_235])
        }
    }

    @Test func onlyTheNewestAreKeptWhereThereAreTooMany() async throws {
        try await withAccounts { ground, _ in
            await Self.record(3_000, ground)
            try await ground.audit.shorten(to: Self.kept(nil, 1_000))
            let left = try await Self.entries(ground)
            #expect(left.first?.event == "entries_forgotten")
            #expect(left.dropFirst().map(\.id) == (2_001...3_000).reversed().map(Int64.init))
        }
    }

    @Test func whatWasRemovedBeforeAStopIsSaidByTheNext() async throws {
        try await withAccounts { ground, _ in
            await Self.record(1_234, ground)
            ground.wall.advance(by: .days(2))
            let now = ground.wall.now
            // As far as one comes that is stopped after its first batch.
            let removed = try await ground.store.write { db in
                try AuditTable.shorten(before: now, keeping: nil, limit: 500, in: db)
            }
            #expect(removed == 500)
            try await ground.audit.shorten(to: Self.kept(.days(1)))
            try await ground.audit.shorten(to: Self.kept(.days(1)))
            #expect(
                try await Self.entries(ground).map(\.detail) == ["1234 entries; kept are 1d and any number"])
        }
    }

    @Test func whatIsKeptForeverStays() async throws {
        try await withAccounts { ground, _ in
            await Self.record(10, ground)
            ground.wall.advance(by: .days(36_500))
            try await ground.audit.shorten(to: Self.kept(nil))
            try await ground.audit.shorten(to: Self.kept(nil, 1_000))
            #expect(try await Self.entries(ground).count == 10)
        }
    }

    @Test func whoWritesIsLetInBetweenTheBatches() async throws {
        try await withAccounts { ground, _ in
            await Self.record(10_000, ground)
            ground.wall.advance(by: .days(2))
            let store = ground.store
            let before = store.statistics.commits
            try await ground.audit.shorten(to: Self.kept(.days(1)))
            // Each commit answers whoever came meanwhile; all in one would be one.
            #expect(store.statistics.commits - before >= 20)
            #expect(try await Self.entries(ground).count == 1)
        }
    }

    @Test func theTrailIsShortenedAtTheStartAndEveryDay() async throws {
        try await withAccounts { ground, loop in
            let keeper = AuditKeeper(ground.audit, keeping: Self.kept(.days(90))) { Issue.record($0) }
            await Self.record(5, ground)
            ground.wall.advance(by: .days(91))
            keeper.start(on: loop)
            try await Self.forgotten(5, ground)
            await Self.record(7, ground)
            for _ in 0..<90 {
                ground.wall.advance(by: .days(1))
                ground.clock.advance(by: .days(1))
            }
            #expect(ground.audit.waiting == 0)
            keeper.apply(Self.kept(.days(10)))
            await ground.advance(by: .days(1), on: loop) { loop.now >= ground.clock.now }
            try await Self.forgotten(8, ground)
            await keeper.stop()
        }
    }

    /// Waits until the newest entry says that so many were forgotten.
    private static func forgotten(_ count: Int, _ ground: AccountsGround) async throws {
        try await eventually("\(count) are forgotten") {
            try await entries(ground).first?.detail?.hasPrefix("\(count) entries") == true
        }
    }

    @Test func whatTheDiskDoesNotTakeIsSaidOnceAndWrittenLater() async throws {
        try await withAccounts { ground, loop in
            let turns = Mutex<[String]>([])
            let audit = StoredAudit(
                ground.store,
                telling: { turn in turns.withLock { $0.append("\(turn)") } })
            let keeper = AuditKeeper(audit, keeping: Self.kept(nil)) { _ in }
            keeper.start(on: loop)
            try await Self.limitPages(of: ground.store, to: 1)
            for number in 0..<12_000 {
                audit.record(AuditEntry(.signedOut, detail: "\(number)"))
                if number % 1_000 == 0 { await audit.retry() }
            }
            await ground.advance(by: .seconds(1), on: loop) { !turns.withLock { $0.isEmpty } }
            #expect(audit.waiting <= StoredAudit.waitingLimit + 500)
            #expect(audit.dropped > 0)
            try await Self.limitPages(of: ground.store, to: 1_000_000)
            await ground.advance(by: .seconds(1), on: loop) { audit.waiting == 0 }
            await audit.flush()
            let missing = audit.dropped
            #expect(
                turns.withLock { $0 } == ["stuck(\(StoreError.diskFull))", "written(dropped: \(missing))"])
            let details = try await Self.entries(ground).compactMap(\.detail)
            let isSaid = details.contains("\(missing) entries were not kept")
            #expect(isSaid)
            #expect(details.count == 12_000 - missing + 1)
            await keeper.stop()
        }
    }

    /// Has the database be full, or not any more.
    private static func limitPages(of store: Store, to count: Int) async throws {
        try await store.write { db in
            if count == 1 {
                try db.first("pragma max_page_count = 1") { _ in }
            } else {
                try db.first("pragma max_page_count = 1000000") { _ in }
            }
        }
    }
}
