import Loop
package import Store
import Synchronization

/// What is done again and again while the server runs.
extension TaskEngine {
    /// Takes away what tasks that are over, or deleted, have left in their folders, be it since the server was killed:
    /// all but the artifacts of those that are there, and what may be gone on from. Behind the start and once an hour.
    package func clearFolders() async throws(StoreError) {
        let (folder, keepWork) = setting.withLock { ($0.folder, $0.keepWork) }
        let names = await offHand(within: .seconds(60), on: home) { try? Workspace.tasks(in: folder) }
        guard let names = names ?? nil else { return }
        for start in stride(from: 0, to: names.count, by: Self.foldersAtOnce) where !Task.isCancelled {
            let part = Array(names[start..<min(start + Self.foldersAtOnce, names.count)])
            // Asked behind the folders: a task is stored before it has one.
            let (statuses, measured) = try await store.read { db in
                (try TaskTable.statuses(of: part, in: db), try TaskSizeTable.sizes(of: part, in: db))
            }
            let spared = beginning.withLock { $0 }
            let sizes = await offHand(within: .seconds(60), on: home) {
                var sizes: [TaskID: FolderSize] = [:]
                for id in part {
                    let workspace = Workspace(data: folder, task: id)
                    switch statuses[id] {
                    case nil where !spared.contains(id): try? workspace.remove()
                    case .succeeded?: try? workspace.removeScratch()
                    case let status? where status.isOver: try? workspace.removeScratch(olderThan: keepWork)
                    default: break
                    }
                    guard statuses[id]?.isOver ?? false else { continue }
                    let isRight = measured[id].map { ($0.work > 0) == workspace.hasWork } ?? false
                    if !isRight { sizes[id] = workspace.measure() }
                }
                return sizes
            }
            guard let sizes, !sizes.isEmpty else { continue }
            try await store.write { db in
                for (id, size) in sizes { try TaskSizeTable.put(size, of: id, in: db) }
            }
        }
    }

    private static let foldersAtOnce = 200

    /// Takes away what need not be kept, and says what that was.
    package func shorten(
        to bounds: TaskRetention.Bounds
    ) async throws(StoreError) -> TaskRetention.Report {
        try await store.write { try TaskQueueTable.forget(in: $0) }
        var report = try await retention.shorten(to: bounds, at: .now, sparing: logs.readNumbers)
        if let bytes = bounds.workBytes { report.work = try await removeWork(to: bytes) }
        return report
    }

    /// The same for what is bounded in bytes and is not only rows, which may fill a disk within the hour. Costs next to
    /// nothing where the bounds hold.
    package func shortenBytes(
        to bounds: TaskRetention.Bounds
    ) async throws(StoreError) -> TaskRetention.Report {
        var report = TaskRetention.Report()
        if let bytes = bounds.bytes {
            let retention = retention
            report.tasks = try await retention.removeTasks(toBytes: bytes, sparing: logs.readNumbers)
            if !report.tasks.isEmpty { try await retention.sweep() }
        }
        if let bytes = bounds.workBytes { report.work = try await removeWork(to: bytes) }
        return report
    }

    private var retention: TaskRetention {
        TaskRetention(in: store) { [self] tasks in await forget(tasks) }
    }

    /// They are gone from the store.
    private func forget(_ tasks: [TaskID]) async {
        board.remove(Set(tasks))
        let folder = setting.withLock { $0.folder }
        // What is left of it when the disk takes too long goes when folders are next cleared.
        _ = await offHand(within: .seconds(60), on: home) {
            for id in tasks { try? Workspace(data: folder, task: id).remove() }
        }
    }

    /// What phases left for a retry: that of the tasks that ended first goes, until the rest is within the bound.
    private func removeWork(to bound: Int64) async throws(StoreError) -> Int {
        let folder = setting.withLock { $0.folder }
        var count = 0
        while !Task.isCancelled {
            let part = try await store.read { db in
                let excess = try TaskSizeTable.total(in: db).work - bound
                guard excess > 0 else { return [TaskID]() }
                return try TaskSizeTable.work(making: excess, limit: Self.foldersAtOnce, in: db)
            }
            guard !part.isEmpty else { break }
            let removed = await offHand(within: .seconds(60), on: home) {
                part.filter { (try? Workspace(data: folder, task: $0).removeScratch()) != nil }
            }
            guard let removed, !removed.isEmpty else { break }
            try await store.write { try TaskSizeTable.clearWork(of: removed, in: $0) }
            count += removed.count
        }
        return count
    }
}
