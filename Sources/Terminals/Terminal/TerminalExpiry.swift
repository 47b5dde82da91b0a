import Sessions

/// Which of its deadlines a terminal meets, if nothing happens.
package enum TerminalExpiry: String, Sendable, Codable, CaseIterable {
    /// Nobody has come to it yet.
    case neverAttached = "never_attached"
    /// Everybody has left it.
    case detached
    case idle
    case maxLife = "max_life"

    /// Of the limits that a session has.
    init(_ reason: EndingReason) { self = reason == .idle ? .idle : .maxLife }
}
