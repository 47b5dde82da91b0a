/// Everything that may say what a setting is. Later ones win: defaults, the file, the environment, the flags.
package struct SettingSources: Sendable {
    /// A flag that is named after a setting, `--deadlines.request_head 5s`, as it was given.
    package struct Flag: Sendable, Equatable {
        package let name: String
        /// Nothing stands for `true`, and only a switch may have nothing.
        package let value: String?

        package init(_ name: String, _ value: String?) {
            self.name = name
            self.value = value
        }
    }

    package var file: ConfigurationFile?
    package var environment: [String: String]
    package var flags: [Flag]

    package init(
        file: ConfigurationFile? = nil, environment: [String: String] = [:], flags: [Flag] = []
    ) {
        self.file = file
        self.environment = environment
        self.flags = flags
    }

    /// Variables that begin like settings and are none.
    /// What a phase's own variables for the inputs of its task begin with.
    package static let inputVariables = "HOLDFAST_INPUT_"

    package static let otherVariables = [
        ConfigurationFile.variable: "the configuration file",
        "HOLDFAST_URL": "the server that client commands talk to",
        "HOLDFAST_TOKEN": "the bearer token that client commands show it",
        "HOLDFAST_SESSION": "how a server marks the programs that it started",
        "HOLDFAST_TASK_ID": "the task that a phase is of",
        "HOLDFAST_WORKFLOW": "its workflow",
        "HOLDFAST_PHASE": "the phase",
        "HOLDFAST_ATTEMPT": "which attempt at the phase it is",
        "HOLDFAST_REQUIREMENT": "what the task is to do",
        "HOLDFAST_TEST_MODE": "whether the task is a test",
        "HOLDFAST_EVENTS": "where a phase of a task says what `holdfast emit` says",
        "HOLDFAST_OUTPUT": "the file in which a phase of a task leaves its outputs",
        "HOLDFAST_STATE": "the file in which a phase of a task leaves what goes into the task's state",
    ]

    /// Reads all sources at once by `make`, a type whose initializer asks a section for each of its fields.
    package func read<Settings>(
        _ make: (SettingSection) -> Settings
    ) throws(ConfigurationError) -> SettingReading<Settings> {
        let reader = SettingReader(self)
        let settings = make(SettingSection(reader))
        reader.finish()
        try reader.mistakes.check()
        return SettingReading(settings: settings, entries: reader.entries, groups: reader.groups)
    }
}

/// What one reading came to: the settings, and how each of them came about.
package struct SettingReading<Settings> {
    package let settings: Settings
    package let entries: [SettingEntry]
    package let groups: [SettingGroup]

    /// The settings that have another value than in `older`.
    package func changes(since older: Self) -> [SettingEntry] {
        let before = Dictionary(uniqueKeysWithValues: older.entries.map { ($0.name, $0.written) })
        return entries.filter { before[$0.name] != $0.written }
    }

    /// Those of them that a reload does not take up.
    package func needingRestart(since older: Self) -> [SettingEntry] {
        changes(since: older).filter { !$0.isReloadable }
    }

    /// Each setting with its value and where that was said, as `holdfast config show` prints it.
    package var listing: String {
        entries.map { "\($0)\n" }.joined()
    }
}

extension SettingReading: Sendable where Settings: Sendable {}
