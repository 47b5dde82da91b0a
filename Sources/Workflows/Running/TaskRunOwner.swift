/// Whoever keeps the line of tasks, told on the run's loop; what it does must not wait.
protocol TaskRunOwner: AnyObject, Sendable {
    /// The record as it is stored now.
    func stored(_ record: TaskRecord)

    /// All is given back.
    func closed(_ id: TaskID, number: Int64)

    /// What its folder takes, now that it is over.
    func left(_ id: TaskID, _ size: FolderSize)

    /// How the task ended could not be stored in time.
    func unstored(_ record: TaskRecord, from status: TaskStatus, number: Int64)

    /// What a task said cannot be stored.
    func failed(_ id: TaskID, _ reason: String)
}
