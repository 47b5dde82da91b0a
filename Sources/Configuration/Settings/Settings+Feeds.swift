extension Settings {
    /// How many feeds there may be, and what each keeps.
    package struct Feeds: Sendable, Equatable {
        package var count: Int
        package var windowEntries: Int
        package var windowBytes: Int
        package var watch: [Watch]
        package var permissions: [Permission]

        init(_ section: SettingSection) {
            count = section.value(
                "count", .integer(0...1_000_000), default: 1000, "Feeds that people may publish to.")
            windowEntries = section.value(
                "window_entries", .integer(1...10_000_000), default: 1024,
                "The last entries that a `recent` feed keeps.")
            windowBytes = section.value(
                "window_bytes", .size(.kibibytes(1) ... .gibibytes(16)), default: 1 << 20,
                "The bytes that they may take together; the oldest give way.")
            watch = section.list(
                "watch", named: \.name, reload: true,
                "Feeds that the server makes from a file, a command, an HTTP resource or an SQL query."
            ) { Watch($0) }
            permissions = section.list(
                "permissions", reload: true,
                "Who may publish to which feeds and who may read them; the first entry whose `feeds` matches "
                    + "counts. Without one, operators publish and viewers read. Admins always may both."
            ) { Permission($0) }
        }
    }
}
