/// What the folder of a task that is over takes on the disk.
struct FolderSize: Equatable, Sendable {
    var artifacts: Int64 = 0
    /// What its phases left for a retry.
    var work: Int64 = 0

    var isEmpty: Bool { self == FolderSize() }
}

extension Workspace {
    /// Walks through all of it. A folder that its owner closed to all counts as empty. Blocks.
    func measure() -> FolderSize {
        FolderSize(artifacts: FolderWalk.bytes(below: artifacts), work: FolderWalk.bytes(below: work))
    }
}
