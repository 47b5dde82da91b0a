import Workflows

/// What the OpenAPI document says of the routes of webhooks, schedules and notifications.
enum TriggerDocumentation {
    static let delivering = page { page in
        page.text = """
            The source must be one of the configuration, and the delivery show that it comes from it: `github` by \
            `X-Hub-Signature-256`, `bearer` by `Authorization: Bearer SECRET`. A delivery that came before is answered \
            as it was then, and begins nothing.
            """
        page.parameters = [
            .init("X-Hub-Signature-256", "`sha256=` and the HMAC-SHA-256 of the body.", place: .header),
            .init("X-GitHub-Event", "What a delivery to a `github` source is about.", place: .header),
            .init("X-GitHub-Delivery", "By which it is known again.", place: .header),
            .init("X-Holdfast-Event", "What a delivery to a `bearer` source is about.", place: .header),
            .init(
                "Idempotency-Key", "Tells the same body apart that is meant twice, for a `bearer` source.",
                place: .header),
        ]
        page.requestSchema = "{}"
        let answer = JSONSchema.text(of: WebhookAnswer.self)
        page.responses = [
            (200, "No mapping fits, or it came before.", answer), (202, "A task was begun.", answer),
            (401, "The signature or the token is missing or wrong.", nil),
            (404, "There is no such source.", nil), (413, "The body has more than 1 MiB.", nil),
            (422, "The body is no JSON, or the task that it is mapped to cannot be begun.", nil),
            (429, "Too many deliveries from here were refused.", nil),
            (503, "No task can be begun now; send it again.", nil),
        ]
    }

    static let redelivering = page { page in
        page.text = "A delivery of its own, by the mappings as they are now, with a task of its own."
        page.responses = [
            (201, "What became of it.", JSONSchema.text(of: WebhookDelivery.self)),
            (404, "There is no such delivery, or its source is gone.", nil),
            (409, "Its body is not kept.", nil), (503, "No task can be begun now.", nil),
        ]
    }

    static let webhooks = page { page in
        page.text =
            "The sources with their figures, and the newest deliveries: what the feed `webhook-status` says."
        page.responses = [(200, "The sources.", JSONSchema.text(of: WebhookStatus.self))]
    }

    static let deliveries = page { page in
        page.text = "The newest first. For those behind the last, ask `before` its number."
        page.parameters = [
            .init(
                "before", "Only those with a smaller number.", schema: #"{"type":"integer","minimum":0}"#),
            length,
        ]
        page.responses = [
            (200, "The deliveries.", JSONSchema.text(of: WebhookDeliveries.self)), badParameter,
            (404, "There is no such source.", nil),
        ]
    }

    static let schedules = page { page in
        page.responses = [
            (200, "The schedules, with their next times.", JSONSchema.text(of: ScheduleList.self))
        ]
    }

    static let notifications = page { page in
        page.text = "The newest first, as they stand in the outbox."
        page.parameters = [length]
        page.responses = [
            (200, "The notifications.", JSONSchema.text(of: NotificationList.self)), badParameter,
        ]
    }

    private static let length = Documentation.Parameter(
        "limit", "At most so many.", schema: #"{"type":"integer","minimum":1,"maximum":500,"default":100}"#)

    private static let badParameter: (status: UInt16, text: String, schema: String?) = (
        400, "A parameter is not as it should be.", nil
    )

    private static func page(_ write: (inout Documentation) -> Void) -> Documentation {
        FeedEndpoints.document(write)
    }
}

/// What a list of deliveries answers.
struct WebhookDeliveries: Codable {
    let deliveries: [WebhookDelivery]
}

extension WebhookSource.Kind: JSONChoice {}
extension DeliveryOutcome: JSONChoice {}
extension NotificationRecord.State: JSONChoice {}
extension Schedule.CatchUp: JSONChoice {}
