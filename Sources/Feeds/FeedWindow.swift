/// What a feed keeps, as its first publisher chose.
package enum FeedWindow: String, CaseIterable, Codable, Sendable {
    /// A value: only the newest matters, and only when it differs from the one before.
    case latest
    /// Events: every message counts, and the last are kept for those who resume.
    case recent
}
