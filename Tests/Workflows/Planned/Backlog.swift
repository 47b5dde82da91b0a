import Store
import TestKit
import Workflows

/// A backlog in a database of its own, which can be closed and opened again.
final class Backlog {
    private let folder: TemporaryFolder
    let submitter = TestSubmitter()
    private(set) var store: Store
    private(set) var features: PlannedFeatures

    private init() throws {
        folder = try TemporaryFolder()
        store = try Store(folder: folder.path, migrations: FeatureTable.migrations)
        features = PlannedFeatures(store, submitter: submitter)
    }

    static func run(_ body: (Backlog) async throws -> Void) async throws {
        let backlog = try Backlog()
        do { try await body(backlog) } catch {
            await backlog.store.close()
            throw error
        }
        await backlog.store.close()
    }

    func restart() async throws {
        await store.close()
        store = try Store(folder: folder.path, migrations: FeatureTable.migrations)
        features = PlannedFeatures(store, submitter: submitter)
        try await features.recover()
    }

    /// Titles in order, and that their positions are 1, 2, 3.
    var order: [String] {
        get async throws {
            let list = try await features.list()
            guard list.features.map(\.position) == Array(1..<list.features.count + 1) else {
                throw TestFailure("positions have a gap: \(list.features.map(\.position))")
            }
            return list.features.map(\.title)
        }
    }
}
