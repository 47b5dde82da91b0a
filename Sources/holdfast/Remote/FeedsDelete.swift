import Configuration
import Feeds
import Server
import Wire

/// Deletes a feed.
struct FeedsDelete: Action {
    static let name = "delete"
    static let summary = "Delete a feed"
    static let details = "Its readers are told, and their connections end."

    private let feed: FeedName?
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        feed = arguments.argument("NAME", .feedName, "The feed.")
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let name = feed?.text ?? ""
        _ = try await RemoteCall(.delete, "/api/v1/feeds/\(name)").send(to: server.access(as: .operators))
        Output.say("deleted the feed \(name)")
        return .success
    }
}
