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
            let statuses = try await store.read { try TaskTable.statuses(of: part, in: $0) }
            let spared = beginning.withLock { $0 }
            _ = await offHand(within: .seconds(60), on: home) {
                for id in part {
                    let workspace = Workspace(data: folder, task: id)
                    switch statuses[id] {
                    case nil where !spared.contains(id): try? workspace.remove()
                    case .succeeded?: try? workspace.removeScratch()
                    case let status? where status.isOver: try? workspace.removeScratch(olderThan: keepWork)
                    default: break
                    }
                }
            }
        }
    }

    private static let foldersAtOnce = 200

    /// Takes away what need not be kept.
    package func shorten(to bounds: TaskRetention.Bounds) async throws(StoreError) {
        let report = try await TaskRetention(in: store).shorten(
            to: bounds, at: .now, sparing: logs.readNumbers)
        let folder = setting.withLock { $0.folder }
        let gone = report.tasks
        board.remove(Set(gone))
        _ = await offHand(within: .seconds(60), on: home) {
            for id in gone { try? Workspace(data: folder, task: id).remove() }
        }
    }
}
