import Configuration

extension SettingFlags {
    /// The settings from everywhere: the file, the environment and these flags.
    func read() throws(Failure) -> SettingReading<Settings> {
        do throws(ConfigurationError) {
            return try load(environment: Environment.variables)
        } catch {
            throw Failure(error)
        }
    }
}
