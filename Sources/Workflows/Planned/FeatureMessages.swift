package import JSONCoding
package import Loop

/// What a list of features answers.
package struct FeatureList: Codable, Equatable, Sendable {
    package var features: [PlannedFeature]
    package var statistics: FeatureStatistics
}

/// The data of `planned_features_update`: the backlog without its long texts.
package struct PlannedFeaturesUpdate: Codable, Equatable, Sendable {
    package var features: [FeatureGlimpse]
    package var statistics: FeatureStatistics
}

/// A feature as a panel shows it.
package struct FeatureGlimpse: Codable, Equatable, Sendable {
    private static let longestText = 280

    package var id: Int64
    package var title: String
    /// Its beginning, where it is long.
    package var description: String
    package var status: FeatureStatus
    package var priority: Int
    package var tags: [String]
    @OrNull package var estimate: Double?
    package var position: Int
    @OrNull package var taskId: TaskID?
    @OrNull package var remark: String?
    package var version: Int
    package var changedAt: Timestamp

    init(_ feature: PlannedFeature) {
        id = feature.id
        title = feature.title
        let beginning = feature.description.prefix(Self.longestText)
        description =
            beginning.endIndex < feature.description.endIndex ? "\(beginning)…" : feature.description
        status = feature.status
        priority = feature.priority
        tags = feature.tags
        estimate = feature.estimate
        position = feature.position
        taskId = feature.taskID
        remark = feature.remark
        version = feature.version
        changedAt = feature.changedAt
    }
}

/// What somebody sends who wants a task to work on a feature.
package struct FeatureStart: Decodable, Equatable, Sendable {
    package var workflow: String
    package var inputs: [String: InputValue]?
    package var priority: Int?

    package init(workflow: String, inputs: [String: InputValue]? = nil, priority: Int? = nil) {
        self.workflow = workflow
        self.inputs = inputs
        self.priority = priority
    }
}
