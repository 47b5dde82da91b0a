import Configuration
import Feeds
import Workflows

/// A live endpoint as people name it, and as the server does.
struct LivePath: Sendable {
    private static let root = "/api/v1/ws"

    /// `/api/v1/ws/feeds/builds`
    let text: String

    /// - Parameter name: a feed's name, a path below the live ones (`/feeds/builds`, `/ws/queue`), or a whole path.
    init?(_ name: String) {
        if let feed = FeedName(name) {
            text = feed.isReserved ? "\(Self.root)/\(feed)" : "\(Self.root)/feeds/\(feed)"
            return
        }
        guard name.hasPrefix("/"), name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
            !name.contains(where: { "?#".contains($0) })
        else { return nil }
        if name.hasPrefix("/api/") {
            text = name
        } else if name.hasPrefix("/ws/") {
            text = "/api/v1\(name)"
        } else {
            text = Self.root + name
        }
    }

    private init(whole text: String) { self.text = text }

    /// Of a task.
    init(of id: TaskID) { text = "\(Self.root)/tasks/\(id)" }

    /// Of a terminal.
    init(of terminal: TerminalName) { text = "\(Self.root)/terminals/\(terminal)" }

    static let sample = LivePath(whole: root)
}

extension ValueKind where Value == LivePath {
    static let livePath = ValueKind(
        "path", "a feed's name or a path such as `/api/v1/ws/feeds/builds`", sample: .sample,
        parse: { text throws(Complaint) in
            guard let path = LivePath(text) else {
                throw Complaint("is neither a feed's name nor a path such as `/api/v1/ws/feeds/builds`")
            }
            return path
        },
        print: { $0.text })
}
