import Store
import Testing

@Suite struct ValueTests {
    @Test func whatWasWrittenIsReadBackAsTheTypeItWas() async throws {
        let values: [SQLValue] = [
            .integer(.max), .integer(.min), .real(1.5), .text("ünïcode \u{0} and beyond"), .text(""),
            .blob([0, 255]), .blob([]), .null,
        ]
        try await withStore(migrations: [Migration(1, "any", "create table t(n integer primary key, v)")]) {
            store, _ in
            try await store.write { db in
                for (number, value) in values.enumerated() {
                    try db.run("insert into t values (?, ?)", number, value)
                }
            }
            let read = try await store.read { db in
                try db.all("select v from t order by n") { row in try row[0, as: SQLValue.self] }
            }
            #expect(read == values)
        }
    }

    @Test func aColumnThatHoldsSomethingElseIsAnErrorAndNotAZero() async throws {
        try await withStore { store, _ in
            let read = { (sql: StaticString) async throws -> Int? in
                try await store.read { db in try db.first(sql) { row in try row[0] } }
            }
            #expect(try await read("select 7") == 7)
            for sql in ["select null", "select 'secret'", "select 1.5"] as [StaticString] {
                let error = await #expect(throws: StoreError.self) { try await read(sql) }
                #expect(error?.description.contains("is not an integer") == true)
            }
            let absent = try await store.read { db in try db.first("select null") { try $0[0, as: Int?.self] }
            }
            #expect(absent == .some(nil))
        }
    }

    @Test func aBoundValueNeverAppearsInAnError() async throws {
        try await withStore { store, _ in
            try await store.add("s3cret")
            let attempts: [@Sendable (borrowing WriteConnection) throws -> Void] = [
                { db in try db.run("insert into note(text) values (?)", "s3cret") },
                { db in try db.run("insert into note(id, text) values (?, 'x')", "s3cret") },
                { db in try db.run("select json_extract('{}', ?)", "s3cret") },
                { db in try db.run("select ?", "s3cret", "s3cret") },
            ]
            for attempt in attempts {
                let error = await #expect(throws: StoreError.self) { try await store.write(attempt) }
                #expect(error.map { !"\($0)\($0.description)".contains("s3cret") } == true)
            }
        }
    }
}
