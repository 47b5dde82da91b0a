import Workflows

/// What the OpenAPI document says of the routes of tasks.
enum TaskDocumentation {
    private static let noTask: (status: UInt16, text: String, schema: String?) = (
        404, "There is no such task.", nil
    )
    private static let task = JSONSchema.text(of: TaskRecord.self)

    static let submitting = page { page in
        page.text = """
            The answer comes when the task is stored; the work goes on in the background. With an `Idempotency-Key` the \
            same request from the same person means the same task, for 24 hours.
            """
        page.parameters = [
            .init("Idempotency-Key", "Names the request, so that it can be sent again.", place: .header)
        ]
        page.requestSchema = JSONSchema.text(of: TaskMessages.Wish.self)
        page.responses = [
            (200, "The same request came before; this is its task.", task), (201, "It is in the line.", task),
            (400, "The body is no JSON.", nil),
            (409, "The same Idempotency-Key came with another request.", nil),
            (413, "The body is too long.", nil), (415, "The body is not said to be JSON.", nil),
            (422, "A field, an input or the workflow's name is not as it should be.", nil),
            (429, "As many tasks wait as may.", nil),
        ]
    }

    static let cancelling = page { page in
        page.text = """
            Asks for the end of the task. It is over, and its log ends, when every process that came from it is gone.
            """
        page.responses = [(202, "It ends.", task), noTask, (409, "It is over already.", nil)]
    }

    static let retrying = page { page in
        page.text = """
            A new task with the same workflow, as it is defined now, requirement and inputs. With \
            a `phase` it goes on from there: what succeeded before and does not stand behind it is taken over, with \
            the folder in which the phases ran.
            """
        page.requestSchema = JSONSchema.text(of: TaskMessages.Retry.self)
        page.responses = [
            (201, "The new task.", task), (400, "The body is no JSON.", nil), noTask,
            (409, "The task is not over, or what its phases left is not kept any more.", nil),
            (413, "The body is too long.", nil), (415, "The body is not said to be JSON.", nil),
            (422, "The workflow does not take these inputs any more, has no such phase, or is gone.", nil),
            (429, "As many tasks wait as may.", nil),
        ]
    }

    static let sending = page { page in
        page.text = "For a phase whose workflow says `input: true`. A line feed is added."
        page.requestSchema = JSONSchema.text(of: TaskMessages.Input.self)
        page.responses = [
            (204, "It is on its way.", nil), (400, "The body is no JSON.", nil), noTask,
            (409, "No phase takes input now.", nil), (413, "The body is too long.", nil),
            (415, "The body is not said to be JSON.", nil),
            (422, "A field is not as it should be.", nil),
        ]
    }

    static let deleting = page { page in
        page.text = "With all that it said and kept."
        page.responses = [(204, "It is gone.", nil), noTask, (409, "It is not over.", nil)]
    }

    static let listing = page { page in
        page.text = "The newest first. Tasks that come meanwhile change no later page."
        page.parameters = [
            .init("status", "Only these, separated by commas: `RUNNING,PENDING`."),
            .init("workflow", "Only those of this workflow."),
            .init("owner", "Only those of this account."),
            .init("text", "Somewhere in the title, the requirement, the workflow's name or the id."),
            .init("from", "Made at this time or later.", schema: time),
            .init("before", "Made before this time.", schema: time),
            .init(
                "limit", "At most so many.",
                schema: #"{"type":"integer","minimum":1,"maximum":500,"default":50}"#),
            .init("cursor", "`next` of the page before.", schema: #"{"type":"integer","minimum":0}"#),
        ]
        page.responses = [
            (200, "The tasks.", JSONSchema.text(of: TaskMessages.Page.self)),
            (400, "A parameter is not as it should be.", nil),
        ]
    }

    static let looking = page { page in page.responses = [(200, "The task.", task), noTask] }

    static let state = page { page in
        page.text = "What its phases wrote to `$HOLDFAST_STATE`, merged in order (RFC 7396)."
        page.responses = [(200, "The document.", #"{"type":"object"}"#), noTask]
    }

    static let artifacts = page { page in
        page.text = "Those that its workflow names, by path; there are none before it is over."
        page.responses = [
            (200, "The files.", JSONSchema.text(of: TaskMessages.Artifacts.self)), noTask,
            (409, "The disk does not answer.", nil),
        ]
    }

    static let artifact = page { page in
        page.text = "As it was kept, to be saved: it is never shown as a page."
        page.responses = [(200, "The file.", nil), (404, "There is no such task or file.", nil)]
        page.responseTypes = [(200, "application/octet-stream")]
    }

    static let watching = page { page in
        page.text = """
            `state` and `event` messages: those that are stored, then those that come, without a gap or a repetition; \
            `after` resumes. Behind the last state the connection ends with 1000 `Task completed`, also for who comes \
            when it is over.
            """
        page.parameters = [FeedEndpoints.after]
        page.responses = [(101, "The connection is a WebSocket.", nil), noTask]
    }

    static let events = page { page in
        page.text = """
            The messages that watchers get: a page of them as JSON, or, with `Accept: text/event-stream`, all as \
            Server-Sent Events, live.
            """
        page.parameters = [
            FeedEndpoints.after,
            .init(
                "limit", "At most so many.",
                schema: #"{"type":"integer","minimum":1,"maximum":10000,"default":1000}"#),
        ]
        page.responses = [
            (
                200, "The messages, and the numbers of the first and the last that are stored.",
                #"{"type":"object","required":["task","first","last","messages"]}"#
            ),
            (400, "`after`, `limit` or Last-Event-ID is not as it should be.", nil), noTask,
            (406, "Neither of the two is accepted.", nil),
        ]
        page.responseTypes = [(200, "text/event-stream")]
    }

    static let log = page { page in
        page.text = "All that is stored now, a line for each event."
        page.responses = [(200, "The lines.", nil), noTask]
        page.responseTypes = [(200, "text/plain")]
    }

    static let queue = page { page in
        page.responses = [(200, "The line.", JSONSchema.text(of: TaskMessages.Queue.self))]
    }

    static let pausing = page { page in
        page.text = "What runs goes on. It holds over a restart."
        page.responses = [(200, "The line.", JSONSchema.text(of: TaskMessages.Queue.self))]
    }

    static let moving = page { page in
        page.text = "Right before another of the same priority, or to the end."
        page.requestSchema = JSONSchema.text(of: TaskMessages.Move.self)
        page.responses = [
            (200, "The line.", JSONSchema.text(of: TaskMessages.Queue.self)),
            (400, "The body is no JSON.", nil),
            noTask, (409, "One of the two does not wait, or their priorities differ.", nil),
            (413, "The body is too long.", nil), (415, "The body is not said to be JSON.", nil),
            (422, "A field is not as it should be.", nil),
        ]
    }

    static let workflows = page { page in
        page.responses = [
            (
                200, "The workflows, and what is wrong in their folder.",
                JSONSchema.text(of: WorkflowMessages.List.self)
            )
        ]
    }

    static let workflow = page { page in
        page.responses = [
            (200, "The workflow.", JSONSchema.text(of: WorkflowMessages.Workflow.self)),
            (404, "There is none of that name.", nil),
        ]
    }

    private static let time = #"{"type":"string","format":"date-time"}"#

    private static func page(_ write: (inout Documentation) -> Void) -> Documentation {
        FeedEndpoints.document(write)
    }
}
