/// One line of a recording behind its first: what happened, and how long after the beginning.
package struct AsciicastEvent: Equatable, Sendable {
    package enum What: Equatable, Sendable {
        case output(String)
        case input(String)
        case resize(columns: Int, rows: Int)
        /// So many bytes of the terminal were said until here: what a recorder leaves for the one that goes on with its
        /// recording.
        case place(UInt64)
        /// Of another kind, by its letter: a marker (`m`), or what a newer program writes.
        case other(String, String)
    }

    /// To the microsecond.
    package let time: Duration
    package let what: What

    package init(at time: Duration, _ what: What) {
        self.time = time
        self.what = what
    }
}
