/// One setting as the program knows it: its name, what it may be, what it is for, and what it now is.
package struct SettingEntry: Sendable, Equatable, CustomStringConvertible {
    /// The dotted name, as in the file: `deadlines.request_head`.
    package let name: String
    package let word: String
    package let phrase: String
    /// One line for the documentation.
    package let help: String
    /// Whether a reload takes a new value up; others need a restart.
    package let isReloadable: Bool
    package let isSecret: Bool
    package let isSwitch: Bool
    package let isList: Bool
    package let standard: String
    /// The value in force, secret or not.
    let written: String
    package let origin: Origin
    /// What the mappings of a list of them may say; empty for what is no such list.
    package var items: [SettingItemKey] = []

    /// Whether it fits into a variable or a flag.
    package var isInFileOnly: Bool { !items.isEmpty }

    /// The value in force, or dots in place of a secret.
    package var value: String { isSecret ? "••••••" : written }

    /// `HOLDFAST_DEADLINES_REQUEST_HEAD`
    package var variable: String { Self.variable(for: name) }

    /// A line of `config show`.
    package var description: String { "\(name) = \(value)  (\(origin))" }

    static func variable(for name: String) -> String {
        "HOLDFAST_" + name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }
}

/// A part of the file, with the sentence that introduces it in the documentation.
package struct SettingGroup: Sendable, Equatable {
    package let name: String
    package let help: String
}
