extension Store {
    /// What the store has done since it was opened, and how it stands. For `/metrics`.
    package struct Statistics: Sendable, Equatable {
        /// Writes that were committed, and the commits that carried them.
        package var writes = 0
        package var commits = 0
        package var largestGroup = 0
        /// From the call to its answer, summed over all committed writes.
        package var writeTime = Duration.zero
        package var reads = 0
        /// Calls that were answered with an error, and how many of these for the reasons worth an alarm.
        package var failures = 0
        package var interruptions = 0
        package var busy = 0
        package var diskFull = 0
        /// Those that the disk or the file is the reason of.
        package var refusals = 0
        package var waitingWrites = 0
        package var waitingReads = 0
        package var databaseBytes: Int64 = 0
        package var logBytes: Int64 = 0
    }
}
