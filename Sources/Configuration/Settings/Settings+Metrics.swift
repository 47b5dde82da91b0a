extension Settings {
    /// The figures at `/metrics`.
    package struct Metrics: Sendable, Equatable {
        package var enabled: Bool

        init(_ section: SettingSection) {
            enabled = section.value(
                "enabled", .boolean, default: true, "Whether `/metrics` answers; else it is 404.")
        }
    }
}
