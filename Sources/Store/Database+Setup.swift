import CSQLite

extension Database {
    /// "HFST": what `file` and a mistaken path are told apart by.
    private static let applicationID: Int64 = 0x4846_5354

    /// Sets the connection up for its life, and the file when it is new.
    func configure() throws(StoreError) {
        let known: Int64 = try value("pragma application_id") ?? 0
        let tables: Int64 = try value("select count(*) from sqlite_schema") ?? 0
        guard known == Self.applicationID || (known == 0 && tables == 0) else {
            throw .corrupt("the file is another program's database")
        }
        guard try value("pragma journal_mode = wal") == "wal" else {
            throw .failed(code: SQLITE_ERROR, message: "the file system cannot hold a write-ahead log")
        }
        if known == 0 { try script("pragma application_id = 0x48465354") }
        // FULL syncs the log on every commit: an acknowledged write outlives a power cut.
        try script(
            """
            pragma synchronous = full;
            pragma wal_autocheckpoint = 1000;
            pragma journal_size_limit = 16777216;
            """)
        try script(Store.roomTable)
        try configureSession()
    }

    /// Sets up what each connection has for itself. A few pages are plenty for what is read here, and the
    /// kernel keeps the rest; SQLite's usual two MiB for each of four connections would be most of an idle server.
    func configureSession() throws(StoreError) {
        try script(
            """
            pragma foreign_keys = on;
            pragma trusted_schema = off;
            pragma cell_size_check = on;
            pragma temp_store = memory;
            pragma cache_size = -64;
            """)
    }

    /// Sets up a connection that only reads, on top of being opened so.
    func configureReader() throws(StoreError) {
        try configureSession()
        try script("pragma query_only = on")
        // The first read maps the shared index, so that a fault shows at the opening and not later.
        _ = try value("select count(*) from sqlite_schema", as: Int64.self)
    }
}
