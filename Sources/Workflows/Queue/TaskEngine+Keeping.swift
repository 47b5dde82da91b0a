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
        var late = 0
        for start in stride(from: 0, to: names.count, by: Self.foldersAtOnce) {
            guard late < Self.mostLate, !Task.isCancelled else { break }
            let part = Array(names[start..<min(start + Self.foldersAtOnce, names.count)])
            // Asked behind the folders: a task is stored before it has one.
            let (statuses, measured) = try await store.read { db in
                (try TaskTable.statuses(of: part, in: db), try TaskSizeTable.sizes(of: part, in: db))
            }
            let spared = beginning.withLock { $0 }
            var sizes: [TaskID: FolderSize] = [:]
            for id in part where late < Self.mostLate && !Task.isCancelled {
                let (status, measured, isSpared) = (statuses[id], measured[id], spared.contains(id))
                let size = await offHand(within: .seconds(60), on: home) {
                    Workspace(data: folder, task: id).clear(
                        status, keepingWork: keepWork, isSpared: isSpared, measured: measured)
                }
                guard let size else {
                    late += 1
                    continue
                }
                if let size { sizes[id] = size }
            }
            let found = sizes
            guard !found.isEmpty else { continue }
            try await store.write { db in
                for (id, size) in found { try TaskSizeTable.put(size, of: id, in: db) }
            }
        }
    }

    private static let foldersAtOnce = 200
    /// One folder that takes too long does not keep the others; with more, the disk hangs, and is left alone for now.
    private static let mostLate = 3

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

    /// What phases left for a retry: that of the tasks that ended first goes, until the rest is within the bound. What
    /// cannot be removed is passed over.
    private func removeWork(to bound: Int64) async throws(StoreError) -> Int {
        let folder = setting.withLock { $0.folder }
        var (count, late) = (0, 0)
        var place = TaskSizeTable.Place.first
        while late < Self.mostLate, !Task.isCancelled {
            let behind = place
            let part = try await store.read { db in
                let excess = try TaskSizeTable.total(in: db).work - bound
                guard excess > 0 else { return [TaskSizeTable.Work]() }
                return try TaskSizeTable.work(
                    making: excess, behind: behind, limit: Self.foldersAtOnce, in: db)
            }
            guard let last = part.last else { break }
            place = last.place
            var removed: [TaskID] = []
            for task in part where late < Self.mostLate && !Task.isCancelled {
                guard let id = TaskID(task.id) else { continue }
                let isRemoved = await offHand(within: .seconds(60), on: home) {
                    (try? Workspace(data: folder, task: id).removeScratch()) != nil
                }
                switch isRemoved {
                case true?: removed.append(id)
                case false?: break
                case nil: late += 1
                }
            }
            let gone = removed
            if !gone.isEmpty { try await store.write { try TaskSizeTable.clearWork(of: gone, in: $0) } }
            count += gone.count
        }
        return count
    }
}
