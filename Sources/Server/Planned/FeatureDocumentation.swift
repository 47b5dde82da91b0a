import Workflows

/// What the OpenAPI document says of the routes of planned features.
enum FeatureDocumentation {
    private typealias Answer = (status: UInt16, text: String, schema: String?)

    private static let feature = JSONSchema.text(of: PlannedFeature.self)
    private static let noFeature: Answer = (404, "There is no such feature.", nil)
    private static let ofABody: [Answer] = [
        (400, "The body is no JSON.", nil), (413, "The body is too long.", nil),
        (415, "The body is not said to be JSON.", nil), (422, "A field is not as it should be.", nil),
    ]

    static let listing = page { page in
        page.text = "In the order that people gave them, with the figures of all."
        page.parameters = [
            .init(
                "status", "Only these.",
                schema: #"{"type":"string","enum":["planned","in_progress","completed","cancelled"]}"#),
            .init("tag", "Only those with this tag."), .init("text", "Somewhere in title or description."),
            .init(
                "limit", "At most so many.",
                schema: #"{"type":"integer","minimum":1,"maximum":1000,"default":100}"#),
            .init("offset", "Behind so many.", schema: #"{"type":"integer","minimum":0,"default":0}"#),
        ]
        page.responses = [
            (200, "The features.", JSONSchema.text(of: FeatureList.self)),
            (400, "A parameter is not as it should be.", nil),
        ]
    }

    static let looking = page { page in page.responses = [(200, "The feature.", feature), noFeature] }

    static let creating = page { page in
        page.text = "It stands behind all others."
        page.requestSchema = JSONSchema.text(of: FeatureDraft.self)
        page.responses =
            [
                (201, "The feature.", feature), (409, "There are as many as there may be.", nil),
            ] + ofABody
    }

    static let editing = page { page in
        page.text =
            "What is not named stays as it is. With `version` only where that is the feature's version still."
        page.requestSchema = JSONSchema.text(of: FeatureEdit.self)
        page.responses =
            [
                (200, "The feature.", feature), noFeature,
                (409, "It has another version, or its status is that of a task that works on it.", nil),
            ] + ofABody
    }

    static let deleting = page { page in
        page.parameters = [
            .init(
                "version", "Only where that is its version still.",
                schema: #"{"type":"integer","minimum":0}"#)
        ]
        page.responses = [
            (204, "It is gone.", nil), (400, "`version` is no number.", nil), noFeature,
            (409, "It has another version, or a task works on it.", nil),
        ]
    }

    static let moving = page { page in
        page.text = "To the first or the last place, or right before or after another."
        page.requestSchema = JSONSchema.text(of: FeatureMove.self)
        page.responses =
            [
                (200, "The feature.", feature),
                (404, "There is no such feature, or the other one is not there.", nil),
            ] + ofABody
    }

    static let starting = page { page in
        page.text = "Its requirement is the feature's title and description; the feature's status follows it."
        page.requestSchema = JSONSchema.text(of: FeatureStart.self)
        page.responses =
            [
                (201, "The feature, with its task.", feature), noFeature,
                (409, "A task works on it already, or it is neither planned nor in progress.", nil),
                (503, "No task can be begun now.", nil),
            ] + ofABody
    }

    private static func page(_ write: (inout Documentation) -> Void) -> Documentation {
        FeedEndpoints.document(write)
    }
}

extension FeatureStatus: JSONChoice {}
