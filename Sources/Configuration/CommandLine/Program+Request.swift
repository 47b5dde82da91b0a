extension Program {
    /// What a command line asks for.
    package enum Request: Sendable {
        /// Print this on standard output, and that is all.
        case say(String)
        case run(any Command)
    }
}
