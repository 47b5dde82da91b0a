extension Store {
    /// What `probeRoom` asks the disk for: more than most writes need.
    private static let room = 1 << 20

    static let roomTable: StaticString =
        "create table if not exists store_room(id integer primary key, filler blob) strict"

    /// Whether a write would be kept: writes the file's mark again, as it stands, and waits for the disk.
    package func probe(timeout: Duration = .seconds(2)) async throws(StoreError) {
        // "HFST", as `configure` has set it.
        try await write(timeout: timeout) { try $0.run("pragma application_id = 0x48465354") }
    }

    /// Whether there is room for writes of a usual size. A full disk still takes the one page of `probe`, for as long
    /// as the log has pages that it may write over: thousands of them.
    package func probeRoom(timeout: Duration = .seconds(2)) async throws(StoreError) {
        try await write(timeout: timeout) {
            try $0.run("insert or replace into store_room values (1, zeroblob(?))", Self.room)
        }
        try await write(timeout: timeout) { try $0.run("delete from store_room") }
    }

    /// How many calls were refused because of the disk or the file, not for what they were.
    package var refusals: Int { counters.current.refusals }
}
