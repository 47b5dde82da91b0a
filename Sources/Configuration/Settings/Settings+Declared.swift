extension Settings {
    /// Every setting at its default, with its documentation.
    package static var declared: SettingReading<Settings> {
        do throws(ConfigurationError) {
            // Paths below a home are as valid as it is.
            return try SettingSources(environment: ["HOME": "/"]).read { Settings($0) }
        } catch {
            preconditionFailure("a default is no valid setting: \(error)")
        }
    }

    /// What `holdfast config reference` prints.
    package static var reference: String { SettingReference(declared).markdown }
}
