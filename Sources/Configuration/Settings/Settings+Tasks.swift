extension Settings {
    /// How tasks are run, and how long what they leave is kept.
    package struct Tasks: Sendable, Equatable {
        /// `nil` is a folder in the data folder.
        package var workflows: String?
        package var concurrency: Int
        package var waiting: Int
        package var maxDuration: Duration
        package var maxDurationInTests: Duration
        package var longestDuration: Duration
        package var afterInterrupt: Duration
        package var afterTerminate: Duration
        package var environment: [String]
        package var secrets: [String]
        package var artifactBytes: Int
        package var keepWork: Duration
        /// `nil` keeps any number of bytes.
        package var keepWorkBytes: Int?
        /// `nil` keeps tasks however old they are.
        package var keep: Duration?
        /// `nil` keeps any number of them.
        package var count: Int?
        package var outputBytes: Int
        /// `nil` keeps any number of bytes.
        package var keepBytes: Int?

        init(_ section: SettingSection) {
            workflows = section.value(
                "workflows", .optional(.path, none: "data"), default: nil,
                "The folder of the workflows' definitions; made, with examples, when it does not exist and nothing "
                    + "was read from it before. `data` is the folder `workflows` in the data folder."
            ).map { section.atHome($0, "workflows") }
            concurrency = section.value(
                "concurrency", .integer(1...10_000), default: 4, reload: true,
                "Tasks that run at one time; the others wait.")
            waiting = section.value(
                "waiting", .integer(0...1_000_000), default: 10_000, reload: true,
                "Tasks that may wait; one more is refused with 429.")
            let long = ValueKind.duration(.seconds(1) ... .days(30))
            maxDuration = section.value(
                "max_duration", long, default: .seconds(600), reload: true,
                "A task, where neither it nor its workflow says how long it may take.")
            maxDurationInTests = section.value(
                "max_duration_in_tests", long, default: .seconds(120), reload: true,
                "The same for a task in test mode, whatever its workflow says.")
            longestDuration = section.value(
                "longest_duration", long, default: .days(1), reload: true,
                "The longest that a task or a workflow may ask for.")
            let grace = ValueKind.duration(.zero ... .minutes(10))
            afterInterrupt = section.value(
                "after_interrupt", grace, default: .seconds(2),
                "Between asking a phase to end (SIGINT) and telling it to (SIGTERM).")
            afterTerminate = section.value(
                "after_terminate", grace, default: .seconds(2),
                "Between telling all of its processes to end and killing those that are left.")
            environment = section.value(
                "environment", .list(of: .string),
                default: ["HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TZ", "USER"],
                "The server's variables that phases get; nothing else of its environment reaches them.")
            secrets = section.value(
                "secrets", .list(of: .string), default: [],
                "The server's variables that are secret: phases of workflows that name them get them, and their "
                    + "values, of 4 bytes to 32 KiB, are masked in what tasks bring and say.")
            artifactBytes = section.value(
                "artifact_bytes", .size(.init(0) ... .gibibytes(1 << 10)), default: 1 << 30,
                "The files that one task may keep, together.")
            keepWork = section.value(
                "keep_work", .duration(.zero ... .days(365)), default: .days(1), reload: true,
                "How long the folder of a task that failed or was cancelled is kept, for a retry from one of its "
                    + "phases.")
            let size = ValueKind.optional(.size(.mebibytes(1) ... .gibibytes(1 << 20)), none: "unlimited")
            keepWorkBytes = section.value(
                "keep_work_bytes", size, default: 20 << 30, reload: true,
                "These folders, together; those of the tasks that ended first go first.")
            keep = section.value(
                "keep", .optional(.duration(.hours(1) ... .days(36_500)), none: "forever"),
                default: .days(90), reload: true, "How old tasks that are over may get.")
            count = section.value(
                "count", .optional(.integer(1...100_000_000), none: "unlimited"), default: 1_000_000,
                reload: true, "How many tasks that are over are kept, the newest.")
            outputBytes = section.value(
                "output_bytes", .size(.mebibytes(1) ... .gibibytes(1 << 10)), default: 10 << 30, reload: true,
                "What all tasks said, together; the output of the oldest that are over goes first.")
            keepBytes = section.value(
                "keep_bytes", size, default: 50 << 30, reload: true,
                "What tasks that are over said and the files that they keep, together; the ones that ended first go "
                    + "first, with all that they left. What a task says counts from its end on.")
        }
    }
}
