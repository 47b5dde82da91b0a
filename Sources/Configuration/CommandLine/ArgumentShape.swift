/// What a command takes, as it said itself: enough to split a line and to print help.
struct ArgumentShape {
    struct Option {
        let name: String
        /// `nil` for a switch, which takes none.
        let value: String?
        let help: String
    }

    struct Positional {
        enum Count { case one, atMostOne, any }
        let label: String
        let count: Count
        let help: String

        /// As a usage line shows it.
        var usage: String {
            switch count {
            case .one: label
            case .atMostOne: "[\(label)]"
            case .any: "[\(label)…]"
            }
        }
    }

    var options: [Option] = []
    var positionals: [Positional] = []
    /// The settings that are flags of this command, and those of them that its help lists.
    var settings: [SettingEntry] = []
    var listed: [SettingEntry] = []

    var names: [String] { options.map(\.name) + settings.map(\.name) }
}
