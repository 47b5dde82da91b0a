package import JSONCoding
package import Loop

/// Where a planned feature stands.
package enum FeatureStatus: String, Codable, CaseIterable, Sendable {
    case planned
    case inProgress = "in_progress"
    case completed
    case cancelled
}

/// Something that somebody wants to have done, as it is stored and answered.
package struct PlannedFeature: Codable, Equatable, Sendable, Identifiable {
    package let id: Int64
    package var title: String
    package var description: String
    package var status: FeatureStatus
    package var priority: Int
    package var tags: [String]
    /// In hours.
    @OrNull package var estimate: Double?
    /// Its place in the order that people gave them, from 1.
    package var position: Int
    /// The task that works on it, or did so last.
    @OrNull package var taskID: TaskID?
    /// A task works on it, or is about to; until its end the status is the task's.
    package var isWorkedOn: Bool
    /// Why it is planned again although a task worked on it.
    @OrNull package var remark: String?
    /// Grows with every change but that of its position.
    package var version: Int
    package let createdAt: Timestamp
    package var changedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, title, description, status, priority, tags, estimate, position, remark, version
        case createdAt, changedAt, isWorkedOn
        // As the snake_case of JSON reads it back.
        case taskID = "taskId"
    }

    /// What its task is asked to do.
    var requirement: String { description.isEmpty ? title : "\(title)\n\n\(description)" }
}
