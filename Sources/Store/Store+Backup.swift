extension Store {
    /// Copies the database into the new file `path` while it is in use; readers and the writer go on.
    ///
    /// It takes one of the reading threads for its time. When it comes back the file is complete, checked
    /// and on the disk; when it fails there is no file. Cancellation stops it within a mebibyte.
    package func backup(to path: String, timeout: Duration = .seconds(600)) async throws(StoreError) {
        try await read(timeout: timeout) { db in try Backup(target: path).make(from: db.database) }
    }

    /// Copies the database of `folder` into the new file `path`, from any process, whether a server runs on
    /// the folder or not. Blocks until it is done.
    package static func backup(folder: String, to path: String) throws(StoreError) {
        let source = try Database(path: DataFolder(path: folder).database, access: .readOnly, halt: Halt())
        try source.configureReader()
        try source.begin("begin deferred")
        defer { source.rollback() }
        try Backup(target: path).make(from: source)
    }
}
