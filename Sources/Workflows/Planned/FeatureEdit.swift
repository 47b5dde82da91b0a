/// What is to become of a feature; what is not named stays as it is.
package struct FeatureEdit: Decodable, Equatable, Sendable {
    /// Only where it has this version still.
    package var version: Int?
    package var title: String?
    package var description: String?
    package var status: FeatureStatus?
    package var priority: Int?
    package var tags: [String]?
    /// Null takes the estimate away.
    package var estimate: Double??

    package init(
        version: Int? = nil, title: String? = nil, description: String? = nil, status: FeatureStatus? = nil,
        priority: Int? = nil, tags: [String]? = nil, estimate: Double?? = nil
    ) {
        self.version = version
        self.title = title
        self.description = description
        self.status = status
        self.priority = priority
        self.tags = tags
        self.estimate = estimate
    }

    private enum CodingKeys: CodingKey {
        case version, title, description, status, priority, tags, estimate
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        version = try fields.decodeIfPresent(Int.self, forKey: .version)
        title = try fields.decodeIfPresent(String.self, forKey: .title)
        description = try fields.decodeIfPresent(String.self, forKey: .description)
        status = try fields.decodeIfPresent(FeatureStatus.self, forKey: .status)
        priority = try fields.decodeIfPresent(Int.self, forKey: .priority)
        tags = try fields.decodeIfPresent([String].self, forKey: .tags)
        estimate =
            fields.contains(.estimate)
            ? .some(try fields.decodeIfPresent(Double.self, forKey: .estimate)) : nil
    }

    /// Changes `feature`, whose version is still the old one, or says why not.
    func apply(to feature: inout PlannedFeature) throws(PlannedError) {
        if let version, version != feature.version { throw .changed(version: feature.version) }
        let draft = try FeatureDraft(
            title: title ?? feature.title, description: description ?? feature.description,
            priority: priority ?? feature.priority, tags: tags ?? feature.tags,
            estimate: estimate ?? feature.estimate
        ).checked()
        feature.title = draft.title
        feature.description = draft.description
        feature.priority = draft.priority
        feature.tags = draft.tags
        feature.estimate = draft.estimate
        guard let status, status != feature.status else { return }
        guard !feature.isWorkedOn else { throw .workedOn }
        feature.status = status
        feature.remark = nil
    }
}

/// Where in the order a feature is to stand.
package enum FeaturePlace: Equatable, Sendable {
    case first, last
    case before(Int64)
    case after(Int64)
}
