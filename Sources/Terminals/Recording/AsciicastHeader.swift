/// What a recording says of itself in its first line (asciicast v2).
package struct AsciicastHeader: Equatable, Sendable {
    package var columns: Int
    package var rows: Int
    /// When it began, in seconds since 1970.
    package var timestamp: Int64?
    package var title: String?
    package var command: String?
    /// No pause in it is meant to be played for longer.
    package var idleLimit: Duration?
    /// The variables that matter to who plays it: `TERM`, `SHELL`.
    package var environment: [String: String]

    package init(
        columns: Int, rows: Int, timestamp: Int64? = nil, title: String? = nil, command: String? = nil,
        idleLimit: Duration? = nil, environment: [String: String] = [:]
    ) {
        self.columns = columns
        self.rows = rows
        self.timestamp = timestamp
        self.title = title
        self.command = command
        self.idleLimit = idleLimit
        self.environment = environment
    }
}
