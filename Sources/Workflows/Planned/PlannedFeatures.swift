package import Loop
package import Store

/// The backlog: what people plan, in their order, and the tasks that work on it.
///
/// Everything is in the store; this holds nothing but the way there, and can be used from anywhere. `changed` is
/// called after each change, once it is safe on the disk.
package final class PlannedFeatures: Sendable {
    let store: Store
    let submitter: any TaskSubmitter
    let time: @Sendable () -> Timestamp
    let changed: @Sendable () -> Void

    package init(
        _ store: Store, submitter: any TaskSubmitter, time: @escaping @Sendable () -> Timestamp = { .now },
        changed: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.submitter = submitter
        self.time = time
        self.changed = changed
    }

    /// A new one, behind all others.
    package func create(_ draft: FeatureDraft) async throws(PlannedError) -> PlannedFeature {
        let draft = try submitter.secrets.masked(draft).checked()
        let now = time()
        return try await write { db in
            try FeatureTable.feature(FeatureTable.insert(draft, at: now, into: db), in: db)
        }
    }

    package func feature(_ id: Int64) async throws(PlannedError) -> PlannedFeature {
        try await read { db in try FeatureTable.feature(id, in: db) }
    }

    package func edit(_ id: Int64, _ edit: FeatureEdit) async throws(PlannedError) -> PlannedFeature {
        let (now, edit) = (time(), submitter.secrets.masked(edit))
        return try await write { db in
            var feature = try FeatureTable.feature(id, in: db)
            try edit.apply(to: &feature)
            try FeatureTable.update(&feature, wanted: try Self.wanted(for: feature, in: db), at: now, in: db)
            return feature
        }
    }

    /// Puts it elsewhere in the order.
    package func move(_ id: Int64, to place: FeaturePlace) async throws(PlannedError) -> PlannedFeature {
        try await write { db in
            let feature = try FeatureTable.feature(id, in: db)
            let target = try Self.position(of: place, for: feature, in: db)
            try FeatureTable.move(feature, to: target, in: db)
            return try FeatureTable.feature(id, in: db)
        }
    }

    package func delete(_ id: Int64, version: Int? = nil) async throws(PlannedError) {
        try await write { db in
            let feature = try FeatureTable.feature(id, in: db)
            if let version, version != feature.version {
                throw PlannedError.changed(version: feature.version)
            }
            guard !feature.isWorkedOn else { throw PlannedError.workedOn }
            try FeatureTable.delete(feature, in: db)
        }
    }

    /// Those that are searched for, and the figures of all.
    package func list(_ wish: FeatureSearch = FeatureSearch()) async throws(PlannedError) -> FeatureList {
        try await read { db in
            FeatureList(
                features: try FeatureTable.features(wish, in: db), statistics: try FeatureStatistics(of: db))
        }
    }

    /// For the feed: the first of them, and the figures of all.
    package func update(limit: Int = 500) async throws(PlannedError) -> PlannedFeaturesUpdate {
        let list = try await list(FeatureSearch(limit: limit))
        return PlannedFeaturesUpdate(
            features: list.features.map(FeatureGlimpse.init), statistics: list.statistics)
    }

    package func statistics() async throws(PlannedError) -> FeatureStatistics {
        try await read { db in try FeatureStatistics(of: db) }
    }

    // MARK: Details

    /// Where `feature` stands when it has been taken out and put at `place`.
    private static func position(
        of place: FeaturePlace, for feature: PlannedFeature, in db: borrowing WriteConnection
    ) throws -> Int {
        switch place {
        case .first: return 1
        case .last: return try FeatureTable.count(in: db)
        case .before(let id), .after(let id):
            if id == feature.id { return feature.position }
            let other = try FeatureTable.feature(id, in: db).position
            let there = other > feature.position ? other - 1 : other
            return place == .before(id) ? there : there + 1
        }
    }

    /// What was wanted for it and is not known to have begun; an edit leaves that as it is.
    private static func wanted(
        for feature: PlannedFeature, in db: borrowing WriteConnection
    ) throws -> WantedTask? {
        try db.first("select wanted from planned_feature where id = ?", feature.id) { row in
            try (try row[0, as: String?.self]).map(WantedTask.init(stored:))
        } ?? nil
    }

    func write<Answer: Sendable>(
        _ body: @escaping @Sendable (borrowing WriteConnection) throws -> Answer
    ) async throws(PlannedError) -> Answer {
        do throws(StoreError) {
            let answer = try await store.write(body)
            changed()
            return answer
        } catch {
            throw PlannedError(error)
        }
    }

    func read<Answer: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadConnection) throws -> Answer
    ) async throws(PlannedError) -> Answer {
        do throws(StoreError) { return try await store.read(body) } catch { throw PlannedError(error) }
    }
}
