import JSONCoding

/// What a terminal is called by people and addresses.
package struct TerminalID: ShortName {
    package let text: String

    package init?(_ text: some StringProtocol) {
        guard ShortNames.isOne(text) else { return nil }
        self.text = String(text)
    }

    /// A new one.
    package static func make() -> TerminalID { TerminalID(ShortNames.make())! }
}
