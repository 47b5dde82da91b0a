import Configuration
import Feeds
import Server
import Wire

/// Deletes a feed.
struct FeedsDelete: Asking {
    static let name = "delete"
    static let summary = "Delete a feed"
    static let details = "Its readers are told, and their connections end."

    static let role = Role.operators

    private let feed: FeedName?
    let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        feed = arguments.argument("NAME", .feedName, "The feed.")
        server = ServerOptions(arguments)
    }

    var done: String { "deleted the feed \(feed?.text ?? "")" }
    func call() -> RemoteCall { RemoteCall(.delete, "/api/v1/feeds/\(feed?.text ?? "")") }
}
