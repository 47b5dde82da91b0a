extension Settings {
    /// Every setting at its default, with its documentation.
    package static var declared: SettingReading<Settings> {
        // Defaults are valid: a test reads them.
        try! SettingSources().read { Settings($0) }
    }

    /// What `holdfast config reference` prints.
    package static var reference: String { SettingReference(declared).markdown }
}
