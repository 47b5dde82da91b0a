import Store

/// The backlog in figures.
package struct FeatureStatistics: Codable, Equatable, Sendable {
    package var total = 0
    /// Every status is there.
    package var byStatus = Dictionary(uniqueKeysWithValues: FeatureStatus.allCases.map { ($0.rawValue, 0) })
    package var byTag: [String: Int] = [:]
    /// Hours, of all that have an estimate, and of those that are neither completed nor cancelled.
    package var estimate = 0.0
    package var estimateOpen = 0.0

    package init() {}

    init(of db: borrowing ReadConnection) throws {
        self.init()
        try db.rows(
            "select status, count(*), coalesce(sum(estimate), 0.0) from planned_feature group by status"
        ) { row in
            let (status, count, hours): (String, Int, Double) = (try row[0], try row[1], try row[2])
            total += count
            byStatus[status] = count
            estimate += hours
            if [.planned, .inProgress].contains(FeatureStatus(rawValue: status)) { estimateOpen += hours }
        }
        try db.rows(
            "select value, count(*) from planned_feature, json_each(planned_feature.tags) group by value"
        ) { row in byTag[try row[0]] = try row[1] }
    }
}
