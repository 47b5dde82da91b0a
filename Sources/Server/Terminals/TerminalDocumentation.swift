/// What the OpenAPI document says of the routes of terminals.
enum TerminalDocumentation {
    private typealias Answer = (status: UInt16, text: String, schema: String?)

    private static let none: Answer = (404, "There is no such terminal, or it is not for you.", nil)
    private static let over: Answer = (409, "The terminal is over, or ending.", nil)
    private static let overOrTaken: Answer = (
        409, "The terminal is over, or ending; or somebody types there, and it is for one.", nil
    )
    private static let terminal = JSONSchema.text(of: TerminalMessages.Terminal.self)
    private static let body: [Answer] = [
        (400, "The body is no JSON.", nil), (413, "The body is too long.", nil),
        (415, "The body is not said to be JSON.", nil), (422, "A field is not as it should be.", nil),
    ]

    static let opening = page { page in
        page.text = """
            Without a body, a shell. `command` without a template takes the role admin; with one, the template has to \
            say `any_command: true`. Nobody is attached yet: who does not come within `terminals.never_attached` finds \
            it ended.
            """
        page.requestSchema = JSONSchema.text(of: TerminalMessages.Wish.self)
        page.responses = [
            (201, "It runs.", terminal), (400, "The body is no JSON.", nil),
            (403, "The template, or the command, is not for you.", nil),
            (404, "There is no such template.", nil),
            (413, "The body is too long.", nil), (415, "The body is not said to be JSON.", nil),
            (422, "A field is not as it should be, or the program cannot be started.", nil),
            (429, "You have as many as you may, or there are as many as may be.", nil),
            (503, "The server shuts down, or what the template needs is not there.", nil),
            (507, "The machine has no room for it.", nil),
        ]
    }

    static let ending = page { page in
        page.text = """
            Its programs are told that the terminal is gone (SIGHUP), then to end (SIGTERM), and what is left is killed.
            """
        page.responses = [(202, "It ends.", terminal), none, over]
    }

    static let listing = page { page in
        page.text = "Those that you may attach to, the oldest first, and for a while those that are over."
        page.responses = [
            (200, "The terminals.", JSONSchema.text(ofList: "terminals", of: TerminalMessages.Terminal.self))
        ]
    }

    static let looking = page { page in page.responses = [(200, "The terminal.", terminal), none] }

    static let templates = page { page in
        page.text = "Those that you may use."
        page.responses = [
            (200, "The templates.", JSONSchema.text(ofList: "templates", of: TerminalMessages.Template.self))
        ]
    }

    static let resizing = page { page in
        page.text = "Until somebody who is attached has another size."
        page.requestSchema = JSONSchema.text(of: TerminalMessages.Size.self)
        page.responses = [(200, "The terminal.", terminal), none, overOrTaken] + body
    }

    static let signalling = page { page in
        page.text = "To all processes of the foreground, as a key would."
        page.requestSchema = JSONSchema.text(of: TerminalMessages.Signal.self)
        page.responses = [(200, "The terminal.", terminal), none, overOrTaken] + body
    }

    static let typing = page { page in
        page.text = "As if somebody typed it; a line ends with `\\r`."
        page.requestSchema = JSONSchema.text(of: TerminalMessages.Input.self)
        page.responses =
            [
                (204, "It is typed.", nil), none, overOrTaken,
                (429, "The program does not read what was typed before.", nil),
            ] + body
    }

    static let extending = page { page in
        page.responses = [(200, "The terminal.", terminal), none, overOrTaken]
    }

    static let attaching = page { page in
        page.text = """
            Binary messages are the terminal's bytes, both ways; text messages are control, as JSON. The first is \
            `attached`, with the offset of the byte that comes next; then `resize`, `title`, `gap`, `expiring`, `typed`, \
            `error`, `pong`, `exit` and `end` as they happen. The client says `resize`, `signal`, `extend`, `ping`. \
            Behind the last byte and `exit` the connection ends with 1000 `Terminal exited`, also for who comes when \
            the terminal is over.
            """
        page.parameters =
            [after] + [
                .init("read_only", "1 to look and not type.", schema: flag),
                .init("takeover", "1 to take the place of who types there.", schema: flag),
                .init(
                    "typist",
                    "`new`, and what you type is counted, so that you can go on typing over another connection when "
                        + "this one breaks; then the name that `attached` gave you."),
                .init("cols", "How wide your screen is.", schema: side),
                .init("rows", "How high it is.", schema: side),
                control,
            ]
        page.responses = [
            (101, "The connection is a WebSocket.", nil), (400, "A parameter is not as it should be.", nil),
            none,
            (409, "Somebody types there, and only one may.", nil),
        ]
    }

    static let visiting = page { page in
        page.text = "As one who may look and not type, until the link ends."
        page.parameters = [.init("token", "What the link has.", isRequired: true), after, control]
        page.responses = [
            (101, "The connection is a WebSocket.", nil), (400, "A parameter is not as it should be.", nil),
            (401, "The link is unknown, was ended or has expired, or its terminal is over.", nil), none,
        ]
    }

    static let sharing = page { page in
        page.text = """
            Whoever has it may look at this terminal and do nothing else. It ends at its time (after an hour where \
            nothing is said, a week at most), when somebody ends it, with the terminal, with the sign-in or token that \
            made it, when who made it may not come to the terminal any more, and with the server.
            """
        page.requestSchema = JSONSchema.text(of: TerminalMessages.ShareWish.self)
        page.responses =
            [
                (
                    201, "The link. Nobody is told its token again.",
                    JSONSchema.text(of: TerminalMessages.NewShare.self)
                ),
                none, over, (429, "There are as many links to it as may be.", nil),
            ] + body
    }

    static let shares = page { page in
        page.responses = [
            (200, "The links.", JSONSchema.text(ofList: "shares", of: TerminalMessages.Share.self)), none,
        ]
    }

    static let unsharing = page { page in
        page.text = "Who came by it is closed with 4002."
        page.responses = [(204, "It is ended.", nil), (404, "There is no such terminal or link.", nil)]
    }

    static let recording = page { page in
        page.text = """
            What the terminal has said until now, as asciicast v2, which asciinema and `holdfast play` play. For admins also \
            when nobody is told of the terminal any more.
            """
        page.responses = [
            (200, "The recording.", nil), (404, "There is no such terminal, or it is not recorded.", nil),
            (503, "The disk does not answer.", nil),
        ]
        page.responseTypes = [(200, "application/x-asciicast")]
    }

    private static let flag = #"{"type":"string","enum":["0","1"]}"#
    private static let side = #"{"type":"integer","minimum":1,"maximum":1000}"#
    private static let after = Documentation.Parameter(
        "after", "How many bytes you have had; without it, all that is kept is said again.",
        schema: #"{"type":"integer","minimum":0}"#)
    private static let control = Documentation.Parameter(
        "control",
        "`none` for no text messages from the server; yours are then typed, as by the attach add-on of xterm.js.",
        schema: #"{"type":"string","enum":["none","text"]}"#)

    private static func page(_ write: (inout Documentation) -> Void) -> Documentation {
        FeedEndpoints.document(write)
    }
}
