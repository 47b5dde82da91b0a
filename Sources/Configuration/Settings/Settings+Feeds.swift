extension Settings {
    /// How many feeds there may be, and what each keeps.
    package struct Feeds: Sendable, Equatable {
        package var count: Int
        package var windowEntries: Int
        package var windowBytes: Int

        init(_ section: SettingSection) {
            count = section.value(
                "count", .integer(0...1_000_000), default: 1000, "Feeds that people may publish to.")
            windowEntries = section.value(
                "window_entries", .integer(1...10_000_000), default: 1024,
                "The last entries that a `recent` feed keeps.")
            windowBytes = section.value(
                "window_bytes", .size(.kibibytes(1) ... .gibibytes(16)), default: 1 << 20,
                "The bytes that they may take together; the oldest give way.")
        }
    }
}
