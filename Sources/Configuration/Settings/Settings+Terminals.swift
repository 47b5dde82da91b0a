extension Settings {
    /// Shells and other programs on terminals: what is kept, when they end, and how many there may be.
    package struct Terminals: Sendable, Equatable {
        package var enabled: Bool
        package var window: Int
        package var highWater: Int
        package var lowWater: Int
        package var message: Int
        package var neverAttached: Duration
        package var detached: Duration
        /// `nil` for any time.
        package var idle: Duration?
        package var maxLife: Duration?
        package var notice: Duration
        package var afterHangup: Duration
        package var afterTerminate: Duration
        /// `nil` ends them with the server.
        package var surviveRestart: Duration?
        package var keepEnded: Duration
        package var perPerson: Int
        package var all: Int
        /// `nil` is the login shell of whoever it runs as.
        package var shell: String?
        package var environment: [String]
        package var allowRoot: Bool
        package var recording: Bool
        package var recordingBytes: Int
        /// `nil` keeps recordings however old they are.
        package var recordingsKeep: Duration?
        package var recordingsBytes: Int
        package var templates: [TerminalTemplate]

        init(_ section: SettingSection) {
            enabled = section.value(
                "enabled", .boolean, default: true, "Whether there are terminals at all.")
            window = section.value(
                "window", .size(.kibibytes(16) ... .mebibytes(64)), default: 1 << 20,
                "What is kept of what a terminal said, for those who come, or come back.")
            highWater = section.value(
                "high_water", .size(.kibibytes(8) ... .mebibytes(64)), default: 256 << 10,
                "When all who may type are behind by so much, or by half the window, the program has to wait."
            )
            lowWater = section.value(
                "low_water", .size(.kibibytes(1) ... .mebibytes(64)), default: 64 << 10,
                "When one of them is behind by no more than this, it goes on.")
            message = section.value(
                "message", .size(.kibibytes(1) ... .mebibytes(256)), default: 4 << 20,
                "What may be typed in one WebSocket message, as a paste is; a larger one ends with 1009.")
            let wait = ValueKind.duration(.milliseconds(100) ... .days(365))
            neverAttached = section.value(
                "never_attached", wait, default: .seconds(30),
                "A terminal to which nobody comes ends, unless `keep` was said of it.")
            detached = section.value(
                "detached", wait, default: .minutes(5),
                "A terminal that everybody has left ends, unless it was made with `keep`.")
            idle = section.value(
                "idle", .optional(wait, none: "never"), default: nil,
                "A terminal where nothing was typed or said for so long ends.")
            maxLife = section.value(
                "max_life", .optional(wait, none: "never"), default: nil,
                "The longest that a terminal lives, over restarts of the server too.")
            notice = section.value(
                "notice", .duration(.zero ... .hours(1)), default: .minutes(1),
                "How long before these two ends people are told of them.")
            let grace = ValueKind.duration(.zero ... .minutes(10))
            afterHangup = section.value(
                "after_hangup", grace, default: .seconds(2),
                "Between telling the programs that the terminal is gone (SIGHUP) and telling them to end (SIGTERM)."
            )
            afterTerminate = section.value(
                "after_terminate", grace, default: .seconds(2),
                "Between telling them to end and killing those that are left.")
            surviveRestart = section.value(
                "survive_restart", .optional(.duration(.seconds(1) ... .days(1)), none: "off"),
                default: .minutes(5),
                "How long a terminal's programs go on without a server, for the next one to find them; with `off` "
                    + "they end with the server.")
            keepEnded = section.value(
                "keep_ended", .duration(.zero ... .days(1)), default: .minutes(10),
                "How long one can still be told how a terminal ended that is over, and what it said at last; of the "
                    + "newest 20.")
            perPerson = section.value(
                "per_person", .integer(1...10_000), default: 20, "Terminals that one account may have.")
            all = section.value(
                "all", .integer(1...10_000), default: 200, "Terminals that there may be.")
            shell = section.value(
                "shell", .optional(.path, none: "login"), default: nil,
                "The shell where no other command is asked for; `login` is the login shell of the Unix user that it "
                    + "runs as.")
            environment = section.value(
                "environment", .list(of: .string), default: ["PATH", "TZ"],
                "The server's variables that terminals get; nothing else of its environment reaches them.")
            allowRoot = section.value(
                "allow_root", .boolean, default: false,
                "Lets a server that runs as root run commands of no template, and the built-in template, as root, for "
                    + "accounts whose name no Unix user has.")
            recording = section.value(
                "recording", .boolean, default: false,
                "Whether what terminals say is recorded where neither the template nor who asks says.")
            recordingBytes = section.value(
                "recording_bytes", .size(.kibibytes(64) ... .gibibytes(16)), default: 256 << 20,
                "No recording grows larger.")
            recordingsKeep = section.value(
                "recordings_keep", .optional(.duration(.hours(1) ... .days(36_500)), none: "forever"),
                default: .days(30), "How old recordings may get.")
            recordingsBytes = section.value(
                "recordings_bytes", .size(.mebibytes(1) ... .gibibytes(1 << 10)), default: 4 << 30,
                "What all recordings may take; the oldest go first.")
            templates = section.list(
                "templates", named: \.name, reload: true,
                "What may be run on terminals, and by whom. `shell`, a shell for operators, is there unless one of "
                    + "that name is defined."
            ) { TerminalTemplate($0) }
            section.require(
                lowWater <= highWater, "low_water",
                "must not be more than `high_water`, which is \(highWater)")
        }
    }
}
