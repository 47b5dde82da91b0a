import Loop

/// The folders in which tasks run, below the server's data.
struct TaskFolders {
    private let path: String

    init(of server: ServerUnderTest) { path = server.folder + "/data/tasks" }

    /// Waits until none is left: tasks that are over, and keep no artifacts, take theirs with them.
    func emptied(on loop: isolated EventLoop) async throws {
        let limit = loop.clock.now + .seconds(10)
        while true {
            let left = FolderNames.of(path)
            if left.isEmpty { return }
            try expect(
                loop.clock.now < limit,
                "there are still the folders of \(left.count) tasks: \(left.prefix(5))")
            await loop.sleep(until: loop.clock.now + .milliseconds(20))
        }
    }
}
