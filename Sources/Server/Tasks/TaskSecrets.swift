import Configuration
import Glibc
import Workflows

/// The values of `tasks.secrets`, which nobody but the server has in its environment.
enum TaskSecrets {
    /// By the names of their variables.
    static func values(_ names: [String]) -> [String: String] {
        var values: [String: String] = [:]
        for name in names {
            // Lent by the C library until somebody changes the environment, which nobody does.
            if let value = unsafe getenv(name) { values[name] = unsafe String(cString: value) }
        }
        return values
    }

    /// Refuses those that could not be masked. One that is not set, or empty, is none.
    static func check(_ reading: SettingReading<Settings>) throws(ConfigurationError) {
        let key = "tasks.secrets"
        let origin = reading.entries.first { $0.name == key }?.origin ?? .standard
        try check(reading.settings.tasks.secrets, values(reading.settings.tasks.secrets), at: origin, of: key)
    }

    static func check(
        _ names: [String], _ values: [String: String], at origin: Origin, of key: String
    ) throws(ConfigurationError) {
        let mistakes = Mistakes()
        var patterns = SecretPatterns()
        for name in names {
            guard let complaint = values[name].flatMap({ $0.isEmpty ? nil : patterns.take($0) }) else {
                continue
            }
            mistakes.note(origin, key, "names the variable \(name), whose value \(complaint)")
        }
        try mistakes.check()
    }
}
