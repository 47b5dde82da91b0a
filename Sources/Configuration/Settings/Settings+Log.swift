extension Settings {
    /// What is logged, and how it looks.
    package struct Log: Sendable, Equatable {
        package enum Level: String, CaseIterable, Sendable, Comparable {
            case debug, info, warning, error

            package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
            private var rank: Int {
                switch self {
                case .debug: 0
                case .info: 1
                case .warning: 2
                case .error: 3
                }
            }
        }

        package enum Format: String, CaseIterable, Sendable {
            case auto, text, json
        }

        package var level: Level
        package var format: Format
        package var access: Bool

        init(_ section: SettingSection) {
            level = section.value(
                "level", .choice(), default: Level.info, reload: true, "The least that is worth a line.")
            format = section.value(
                "format", .choice(), default: Format.auto,
                "`text` is one line of key=value, `json` one object; `auto` is text on a terminal, else JSON."
            )
            access = section.value(
                "access", .boolean, default: true, reload: true, "Whether each request has its line.")
        }
    }
}
