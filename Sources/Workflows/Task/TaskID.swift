import JSONCoding

/// What a task is called by people, addresses and feeds (there: `adw_id`).
package struct TaskID: ShortName {
    package let text: String

    package init?(_ text: some StringProtocol) {
        guard ShortNames.isOne(text) else { return nil }
        self.text = String(text)
    }

    /// A new one.
    package static func make() -> TaskID { TaskID(ShortNames.make())! }
}
