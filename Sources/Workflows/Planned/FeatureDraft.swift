/// A feature as somebody asks for it.
package struct FeatureDraft: Decodable, Equatable, Sendable {
    package var title: String
    package var description: String
    package var priority: Int
    package var tags: [String]
    /// In hours.
    package var estimate: Double?

    package init(
        title: String, description: String = "", priority: Int = 0, tags: [String] = [],
        estimate: Double? = nil
    ) {
        self.title = title
        self.description = description
        self.priority = priority
        self.tags = tags
        self.estimate = estimate
    }

    private enum CodingKeys: CodingKey {
        case title, description, priority, tags, estimate
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        title = try fields.decode(String.self, forKey: .title)
        description = try fields.decodeIfPresent(String.self, forKey: .description) ?? ""
        priority = try fields.decodeIfPresent(Int.self, forKey: .priority) ?? 0
        tags = try fields.decodeIfPresent([String].self, forKey: .tags) ?? []
        estimate = try fields.decodeIfPresent(Double.self, forKey: .estimate)
    }

    static let longestTitle = 200
    static let longestDescription = 64 << 10
    static let mostTags = 20
    static let longestTag = 40
    static let priorities = TaskRequest.priorities
    static let estimates = 0.0...100_000.0

    /// The same, tidied, or what is wrong with it.
    func checked() throws(PlannedError) -> FeatureDraft {
        var draft = self
        draft.title = String(title.withoutMargins)
        guard (1...Self.longestTitle).contains(draft.title.unicodeScalars.count), !draft.title.hasControls
        else {
            throw .invalid(field: "title", "one line of 1 to \(Self.longestTitle) characters")
        }
        guard description.utf8.count <= Self.longestDescription, !description.utf8.contains(0) else {
            throw .invalid(field: "description", "text of at most 64 KiB without the character NUL")
        }
        guard Self.priorities.contains(priority) else {
            throw .invalid(field: "priority", "a whole number from -100 to 100")
        }
        guard estimate.map(Self.estimates.contains) ?? true else {
            throw .invalid(field: "estimate", "a number of hours from 0 to 100000, or null")
        }
        draft.tags = try Self.tidy(tags)
        return draft
    }

    private static func tidy(_ tags: [String]) throws(PlannedError) -> [String] {
        var tidy: [String] = []
        for tag in tags.map({ String($0.withoutMargins) }) where !tidy.contains(tag) {
            guard (1...longestTag).contains(tag.unicodeScalars.count), !tag.hasControls else {
                throw .invalid(field: "tags", "names of 1 to \(longestTag) characters")
            }
            tidy.append(tag)
        }
        guard tidy.count <= mostTags else {
            throw .invalid(field: "tags", "a list of at most \(mostTags) names")
        }
        return tidy
    }
}

extension String {
    fileprivate var hasControls: Bool {
        unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    fileprivate var withoutMargins: Substring {
        let head = self[...].drop { $0.isWhitespace }
        return head.lastIndex { !$0.isWhitespace }.map { head[...$0] } ?? ""
    }
}
