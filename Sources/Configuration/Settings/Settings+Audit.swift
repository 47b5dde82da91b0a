extension Settings {
    /// How much of the audit trail is kept.
    package struct Audit: Sendable, Equatable {
        /// `nil` keeps entries however old they are.
        package var keep: Duration?
        /// `nil` keeps any number of them.
        package var entries: Int?

        init(_ section: SettingSection) {
            keep = section.value(
                "keep", .optional(.duration(.hours(1) ... .days(36_500)), none: "forever"),
                default: .days(90),
                reload: true, "How old entries may get.")
            entries = section.value(
                "entries", .optional(.integer(1_000...1_000_000_000), none: "unlimited"), default: 5_000_000,
                reload: true,
                "How many are kept, the newest; a million take about 130 MB. What they took is used again, and "
                    + "the file does not shrink.")
        }
    }
}
