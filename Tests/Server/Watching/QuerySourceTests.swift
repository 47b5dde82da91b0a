import CSQLite
import Feeds
import Loop
import Store
import TestKit
import Testing

@testable import Server

@Suite struct QuerySourceTests {
    /// Another program's database, as that program has it open.
    @safe private final class Foreign {
        let path: String
        private let handle: OpaquePointer

        init(_ path: String) throws {
            var opened: OpaquePointer?
            try #require(unsafe sqlite3_open(path, &opened) == SQLITE_OK)
            self.path = path
            unsafe handle = try #require(unsafe opened)
        }
        deinit { unsafe sqlite3_close(handle) }
        func run(_ sql: String) throws {
            try #require(unsafe sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
        }
    }

    private static func json(
        _ query: String, _ path: String, limit: Int = 1000, within span: Duration = .seconds(10)
    ) throws -> String {
        let answer = try ForeignDatabase.ask(query, of: path, limit: limit, until: SystemClock().now + span)
        return String(decoding: QuerySource.json(answer), as: UTF8.self)
    }

    private static func error(
        _ query: String, _ path: String, limit: Int = 1000, within span: Duration = .seconds(10)
    ) -> String? {
        do {
            return "found " + (try json(query, path, limit: limit, within: span))
        } catch {
            return (error as? ForeignDatabaseError)?.description
        }
    }

    private func withDatabase(_ body: (Foreign) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let foreign = try Foreign(folder.file("shop.db"))
        try foreign.run("create table t(n integer, r real, s text, b blob)")
        try foreign.run("insert into t values (1, 1.5, 'a\"b', x'00ff'), (null, 1e999, '', x'')")
        try body(foreign)
    }

    @Test func rowsAreObjects() throws {
        try withDatabase { foreign in
            try #expect(
                Self.json("select * from t; ", foreign.path)
                    == #"[{"n":1,"r":1.5,"s":"a\"b","b":"00ff"},{"n":null,"r":null,"s":"","b":""}]"#)
            try #expect(Self.json("select n from t where 0", foreign.path) == "[]")
        }
    }

    @Test func nothingIsEverChanged() throws {
        try withDatabase { foreign in
            #expect(Self.error("delete from t", foreign.path) == "the query would change the database")
            #expect(
                Self.error("select 1; delete from t", foreign.path)
                    == "there is more than one query: give one")
            #expect(Self.error("attach 'x.db' as x", foreign.path)?.hasPrefix("found") == false)
            #expect(
                Self.error("selec 1", foreign.path)
                    == #"the query is not understood: near "selec": syntax error"#)
            #expect(
                Self.error("select 1", foreign.path + "x")?.contains("unable to open database file") == true)
            try #expect(Self.json("select count(*) as c from t", foreign.path) == #"[{"c":2}]"#)
        }
    }

    @Test func aQueryThatTakesTooLongOrFindsTooMuchIsStopped() throws {
        try withDatabase { foreign in
            let endless = "with recursive c(x) as (select 1 union all select x+1 from c) select "
            #expect(
                Self.error(endless + "count(*) from c", foreign.path, within: .milliseconds(50))
                    == "the query took too long and was stopped")
            #expect(Self.error(endless + "x from c", foreign.path) == "it found more than 1000 bytes")
        }
    }

    @Test func aLockIsWaitedForUpToTheDeadline() throws {
        try withDatabase { foreign in
            try foreign.run("begin exclusive")
            #expect(
                Self.error("select 1 from t", foreign.path, within: .milliseconds(20))
                    == "another program holds the database locked")
            try foreign.run("commit")
            try #expect(Self.json("select count(*) as c from t", foreign.path) == #"[{"c":2}]"#)
        }
    }
}
