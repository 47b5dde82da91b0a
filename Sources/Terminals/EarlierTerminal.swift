/// What becomes of a terminal that an earlier server left to its holder.
package enum EarlierTerminal: String, CaseIterable, Sendable {
    /// It goes on.
    case adopted
    /// It may not go on without its server, and is ended.
    case ended
    /// Its holder is gone, and what was left of its programs is ended.
    case lost
    /// It could not be taken over. It is with its holder, which ends it when no server comes that can.
    case left
}
