import Glibc
import Loop

/// The folders in which tasks run, below the server's data.
struct TaskFolders {
    private let path: String

    init(of server: ServerUnderTest) { path = server.folder + "/data/tasks" }

    /// Waits until none is left: tasks that are over, and keep no artifacts, take theirs with them.
    func emptied(on loop: isolated EventLoop) async throws {
        let limit = loop.clock.now + .seconds(10)
        while true {
            let left = names()
            if left.isEmpty { return }
            try expect(
                loop.clock.now < limit,
                "there are still the folders of \(left.count) tasks: \(left.prefix(5))")
            await loop.sleep(until: loop.clock.now + .milliseconds(20))
        }
    }

    private func names() -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                // The name ends with a NUL within its field.
                unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
