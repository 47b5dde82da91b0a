import Configuration
import Feeds
import Server
import Wire

/// Says something on a feed.
struct FeedsPublish: Action {
    static let name = "publish"
    static let summary = "Publish to a feed"
    static let details = """
        The first publisher makes the feed and chooses what it keeps. Prints the server's answer, with the message's \
        number.
        """

    private let feed: FeedName?
    private let data: String?
    private let window: FeedWindow?
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        feed = arguments.argument("NAME", .feedName, "The feed.")
        data = arguments.optionalArgument(
            "JSON", .json, "What to say, any JSON value; else standard input is.")
        window = arguments.option(
            "window", .choice(), "What the feed keeps: the newest value, or the last messages.")
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let body = if let data { Array(data.utf8) } else { try StandardStreams.input() }
        let query = window.map { "?window=\($0.rawValue)" } ?? ""
        let call = RemoteCall(.post, "/api/v1/feeds/\(feed?.text ?? "")\(query)", body: body)
        let answer = try await call.send(to: server.access(as: .operators))
        return Output.result(String(decoding: answer, as: UTF8.self) + "\n")
    }
}

extension ValueKind where Value == FeedName? {
    /// The name of a feed.
    static let feedName = ValueKind(
        "name", "a feed's name: letters, digits, `-`, `_` and `.`", sample: nil,
        parse: { text throws(Complaint) in
            guard let name = FeedName(text) else {
                throw Complaint("is no feed's name: up to 100 letters, digits, `-`, `_` and `.`")
            }
            return name
        },
        print: { $0?.text ?? "" })
}

extension ValueKind where Value == String {
    /// JSON as it stands on a command line; the server reads it.
    static let json = ValueKind(
        "json", "a JSON value", sample: "", parse: { text throws(Complaint) in text }, print: { $0 })
}
