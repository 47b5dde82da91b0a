package import Store

/// What tasks were submitted to do: the texts of their workflows' files, each stored once, however many tasks refer
/// to it, and gone with the last of them. Beside them, the last good text of each file that there is.
package enum DefinitionTable {
    package static let migrations = [
        Migration(
            19, "definition",
            """
            create table definition(id integer primary key, hash blob not null unique, source blob not null) strict;
            -- Null for tasks that were submitted before.
            alter table task_record add column definition integer;
            create index task_record_definition on task_record(definition) where definition is not null;

            create table workflow_file(path text primary key, definition integer not null) strict;
            create index workflow_file_definition on workflow_file(definition);
            """),
        Migration(
            22, "workflow_file_name",
            """
            -- Whether the file has the name that its text says; two files may say one.
            alter table workflow_file add column has_name integer not null default 1;
            """),
    ]

    /// Under which number `source` is stored, from now on if it was not before. Whoever refers to it does so in the
    /// same transaction.
    static func id(of source: WorkflowSource, in db: borrowing WriteConnection) throws -> Int64 {
        let known = try db.first("select id from definition where hash = ?", source.hash) {
            try $0[0, as: Int64.self]
        }
        if let known { return known }
        try db.run("insert into definition(hash, source) values (?, ?)", source.hash, source.text)
        return db.lastInsertedID
    }

    static func source(_ id: Int64, in db: borrowing ReadConnection) throws -> WorkflowSource? {
        try db.first("select source from definition where id = ?", id) { WorkflowSource(try $0[0]) }
    }

    /// The most that one transaction takes away.
    private static let batch = 100

    /// Takes away some of those to which nobody refers any more. Whether there may be more.
    static func sweep(in db: borrowing WriteConnection) throws -> Bool {
        try db.run(
            """
            delete from definition where id in (
                select id from definition d
                where not exists (select 1 from task_record where definition = d.id)
                    and not exists (select 1 from workflow_file where definition = d.id)
                limit ?)
            """, batch) == batch
    }

    // MARK: Files

    /// The last good texts of files, by their paths.
    static func files(in db: borrowing ReadConnection) throws -> [String: KeptFile] {
        let rows = try db.all(
            "select f.path, d.source, f.has_name from workflow_file f join definition d on d.id = f.definition"
        ) { row in
            (try row[0, as: String.self], KeptFile(source: WorkflowSource(try row[1]), hasName: try row[2]))
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// - Parameters:
    ///   - good: files of which something else is known than before.
    ///   - gone: paths at which there is no file any more.
    static func keep(
        _ good: [String: KeptFile], forgetting gone: [String], in db: borrowing WriteConnection
    ) throws {
        for (path, file) in good {
            try db.run(
                """
                insert into workflow_file(path, definition, has_name) values (?1, ?2, ?3)
                on conflict do update set definition = ?2, has_name = ?3
                """, path, try id(of: file.source, in: db), file.hasName)
        }
        for path in gone { try db.run("delete from workflow_file where path = ?", path) }
    }
}
