import Store
import Synchronization
import Testing

@Suite struct WriteTests {
    @Test func manyWritersLandExactlyOnceInFarFewerCommits() async throws {
        try await withStore { store, _ in
            try await withThrowingTaskGroup { group in
                for number in 0..<2_000 { group.addTask { try await store.add("note \(number)") } }
                try await group.waitForAll()
            }
            let count = try await store.count()
            #expect(count == 2_000)
            let statistics = store.statistics
            #expect(statistics.writes == 2_000)
            #expect(statistics.commits < 500)
            #expect(statistics.largestGroup <= 256)
        }
    }

    @Test func aFailingBodyUndoesOnlyItself() async throws {
        struct Declined: Error {}
        try await withStore { store, _ in
            let declined: Set = [0, 7, 8, 31, 49]
            await inOneGroup(store, of: 50) {
                declined.contains($0) ? .refused(StoreError.Refusal(Declined())) : nil
            } write: { number in
                try await store.write { db in
                    try db.run("insert into note(text) values (?)", "\(number)")
                    if declined.contains(number) { throw Declined() }
                }
            }
            let kept = try await store.read { db in
                try db.all("select cast(text as integer) from note") { try $0[0, as: Int.self] }
            }
            #expect(kept.sorted() == (0..<50).filter { !declined.contains($0) })
        }
    }

    @Test func anInterruptedChangeIsNoLossForItsNeighbours() async throws {
        try await withStore { store, _ in
            await inOneGroup(store, of: 21) {
                $0 == 11 ? .interrupted : nil
            } write: { number in
                if number == 11 {
                    try await cancelledMidway { running in
                        _ = try await store.write { db in
                            running.arrive()
                            return try db.run(endlessInsert)
                        }
                    }
                } else {
                    try await store.add("\(number)")
                }
            }
            let count = try await store.count()
            #expect(count == 20)
            #expect(store.statistics.interruptions == 1)
        }
    }

    @Test func aBodyThatGoesOnAfterItsTransactionWasLostKeepsNothing() async throws {
        try await withStore { store, _ in
            let outcome = await problem(expecting: .diskFull) {
                _ = try await store.write { db in
                    try db.first("pragma max_page_count = 10") { _ in }
                    try db.run("insert into note(text) values ('half')")
                    _ = try? db.run("insert into note(text) values (hex(zeroblob(1000000)))")
                    _ = try? db.run("insert into note(text) values ('the other half')")
                }
            }
            #expect(outcome == nil)
            try await store.write { db in try db.first("pragma max_page_count = 1000000") { _ in } }
            try await store.add("whole")
            let count = try await store.count()
            #expect(count == 1)
        }
    }

    @Test func aRuleThatIsCheckedAtTheCommitFailsOnlyWhoBrokeIt() async throws {
        let tables = Migration(
            1, "family",
            """
            create table parent(id integer primary key);
            create table child(id integer primary key,
                parent integer not null references parent deferrable initially deferred);
            insert into parent values (1);
            """)
        try await withStore(migrations: [tables]) { store, _ in
            let broken = StoreError.constraint("FOREIGN KEY constraint failed")
            await inOneGroup(store, of: 20) {
                $0 == 7 ? broken : nil
            } write: { number in
                _ = try await store.write { db in
                    try db.run("insert into child(parent) values (?)", number == 7 ? 99 : 1)
                }
            }
            let children = try await store.read { db in
                try db.first("select count(*) from child") { try $0[0, as: Int.self] }
            }
            #expect(children == 19)
        }
    }

    @Test func aBodyCannotEndTheTransactionItRunsIn() async throws {
        try await withStore { store, _ in
            for sql in ["commit", "rollback", "release body", "attach ':memory:' as other"] as [StaticString]
            {
                await #expect(throws: StoreError.self) {
                    try await store.write { db in
                        try db.run("insert into note(text) values ('x')")
                        try db.run(sql)
                    }
                }
            }
            let count = try await store.count()
            #expect(count == 0)
        }
    }

    @Test func theNumberOfChangedRowsAndTheNewIdAreTold() async throws {
        try await withStore { store, _ in
            let told = try await store.write { db in
                [
                    try db.run("insert into note(text) values ('a'), ('b')"), Int(db.lastInsertedID),
                    try db.run("update note set text = 'c' where id = 7"), try db.run("delete from note"),
                ]
            }
            #expect(told == [2, 2, 0, 2])
        }
    }

    @Test func aReaderCannotWrite() async throws {
        try await withStore { store, _ in
            await #expect(throws: StoreError.readOnly) {
                try await store.read { db in try db.rows("delete from note returning id") { _ in } }
            }
        }
    }
}
