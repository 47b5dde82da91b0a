extension Store {
    /// Whether a write would be kept: writes the file's mark again, as it stands, and waits for the disk.
    package func probe(timeout: Duration = .seconds(2)) async throws(StoreError) {
        // "HFST", as `configure` has set it.
        try await write(timeout: timeout) { try $0.run("pragma application_id = 0x48465354") }
    }
}
