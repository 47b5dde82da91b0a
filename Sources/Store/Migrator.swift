/// Brings a database to the schema that the program knows, one transaction per migration, or refuses it.
struct Migrator {
    private let migrations: [Migration]

    init(_ migrations: [Migration]) throws(StoreError) {
        self.migrations = migrations.sorted { $0.number < $1.number }
        for (one, next) in zip(self.migrations, self.migrations.dropFirst()) where one.number == next.number {
            throw .migration(number: one.number, reason: "is there twice, as \(one.name) and as \(next.name)")
        }
    }

    func apply(to database: Database) throws(StoreError) {
        try database.script(
            """
            create table if not exists migration(
                number integer primary key, name text not null, checksum integer not null,
                applied_at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
            ) strict;
            """)
        try refuseUnknown(try applied(in: database))
        for migration in migrations { try apply(migration, to: database) }
    }

    /// A database that a newer program has changed is not touched.
    private func refuseUnknown(_ applied: [Int: Int64]) throws(StoreError) {
        let known = Set(migrations.map(\.number))
        if let unknown = applied.keys.filter({ !known.contains($0) }).max() {
            throw .migration(
                number: unknown, reason: "is unknown to this program: a newer one made it. Use that one")
        }
    }

    private func apply(_ migration: Migration, to database: Database) throws(StoreError) {
        // Asked again inside the transaction: another process may have applied it meanwhile.
        try database.begin("begin immediate")
        do throws(StoreError) {
            if let checksum = try applied(in: database)[migration.number] {
                guard checksum == migration.checksum else {
                    throw StoreError.migration(
                        number: migration.number,
                        reason: "(\(migration.name)) was changed after it was applied")
                }
            } else {
                try carryOut(migration, in: database)
            }
            try database.commit()
        } catch {
            database.rollback()
            throw error
        }
    }

    private func carryOut(_ migration: Migration, in database: Database) throws(StoreError) {
        database.isLent = true
        defer { database.isLent = false }
        do throws(StoreError) {
            try database.script(migration.sql)
        } catch .failed(_, let message) {
            throw .migration(number: migration.number, reason: "(\(migration.name)) failed: \(message)")
        }
        try database.run(
            "insert into migration(number, name, checksum) values (?, ?, ?)",
            [migration.number, migration.name, migration.checksum])
    }

    private func applied(in database: Database) throws(StoreError) -> [Int: Int64] {
        var applied: [Int: Int64] = [:]
        try database.query("select number, checksum from migration") { (row) throws(StoreError) in
            applied[try row[0]] = try row[1]
            return true
        }
        return applied
    }
}
