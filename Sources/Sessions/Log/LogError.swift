/// Why a log could not do what was asked.
package enum LogError: Error, Equatable, Sendable {
    /// The entry would not fit into the window even when it is alone there.
    case entryTooLarge(bytes: Int, limit: Int)
    /// The log has ended; nothing is said after that.
    case ended
    /// The archive could not give what was asked of it.
    case archive(String)
}
