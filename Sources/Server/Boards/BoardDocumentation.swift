/// What the OpenAPI document says of the routes of what shows tasks.
enum BoardDocumentation {
    private static let noTask: (status: UInt16, text: String, schema: String?) = (
        404, "There is no such task.", nil
    )

    static let listening = FeedEndpoints.document { page in
        page.text = """
            A WebSocket of messages `adw_state_update`: the task and its state document, at once, and then whenever \
            either changed, also when the task is over. It ends when the task is deleted.
            """
        page.parameters = [FeedEndpoints.after]
        page.responses = [
            (101, "The connection is a WebSocket.", nil), (400, "`after` is no number.", nil), noTask,
        ]
    }

    static let reading = FeedEndpoints.document { page in
        page.text = """
            As `application/json` the message that a listener would get now; as `text/event-stream` what the \
            WebSocket says, as events.
            """
        page.parameters = [FeedEndpoints.after]
        page.responses = [
            (200, "The message.", JSONSchema.text(of: FeedMessages.Entry.self)),
            (304, "It is what If-None-Match names.", nil),
            (400, "`after` or Last-Event-ID is not as it should be.", nil), noTask,
            (406, "Neither of the two is accepted.", nil),
        ]
        page.responseTypes = [(200, "text/event-stream")]
    }

    static let history = FeedEndpoints.document { page in
        page.text = """
            Tasks that are over, those that ended last first, and figures of all that match: what the feed \
            `workflow-history` says, of what is asked for.
            """
        page.parameters = [
            .init("status", "Only these, separated by commas: `FAILED,CANCELLED`."),
            .init("workflow", "Only those of this workflow."),
            .init("text", "Somewhere in the title, the requirement, the workflow's name or the id."),
            .init("from", "Ended at this time or later.", schema: time),
            .init("to", "Ended before this time.", schema: time),
            .init(
                "limit", "At most so many tasks.",
                schema: #"{"type":"integer","minimum":0,"maximum":500,"default":50}"#),
            .init(
                "offset", "So many are left out before.",
                schema: #"{"type":"integer","minimum":0,"default":0}"#),
        ]
        page.responses = [
            (200, "The tasks and the figures.", JSONSchema.text(of: HistoryBoard.self)),
            (400, "A parameter is not as it should be.", nil),
        ]
    }

    private static let time = #"{"type":"string","format":"date-time"}"#
}
