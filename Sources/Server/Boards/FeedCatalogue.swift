import Wire
import Workflows

/// What the feeds of the server's own say: their data, described by the types that they are made from. All
/// descriptions of feeds are made from this one.
enum FeedCatalogue {
    struct Page {
        /// As in the address: `/api/v1/ws/NAME`.
        let name: String
        let text: String
        /// JSON Schema of `data`.
        let schema: JSONNode
        var messageType: String { name.split(separator: "-").joined(separator: "_") + "_update" }
    }

    static let pages = [
        Page(
            name: "workflows",
            text: "The tasks that are not over, and the latest that are, the newest first.",
            schema: JSONSchema.of(WorkflowsBoard.self)),
        Page(
            name: "queue", text: "The phases of tasks that are not over, and the order of those that wait.",
            schema: JSONSchema.of(QueueBoard.self)),
        Page(
            name: "adw-monitor", text: "How the tasks are that have begun.",
            schema: JSONSchema.of(MonitorBoard.self)),
        Page(
            name: "workflow-history", text: "The tasks that ended last, and figures of all that are over.",
            schema: JSONSchema.of(HistoryBoard.self)),
        Page(
            name: "adw-state", text: "One task and its state document.",
            schema: JSONSchema.of(StateBoard.self)),
        Page(
            name: "routes", text: "Everything that can be asked of the server.",
            schema: JSONSchema.of(RoutesBoard.self)),
        Page(
            name: "system-status", text: "How well each part of the system is.",
            schema: JSONSchema.of(SystemBoard.self)),
        Page(
            name: "webhook-status",
            text: "The sources of webhooks with their figures, and the newest deliveries.",
            schema: JSONSchema.of(WebhookStatus.self)),
        Page(
            name: "planned-features", text: "The first features of the backlog, and figures of all.",
            schema: JSONSchema.of(PlannedFeaturesUpdate.self)),
    ]

    static func page(_ name: some StringProtocol) -> Page? { pages.first { $0.name == name } }
}

/// The data of the feed `routes`.
private struct RoutesBoard: Decodable {
    struct Row: Decodable {
        let method: String
        let path: String
        let summary: String
    }

    let routes: [Row]
}

/// The data of the feed `system-status`. Components have figures of their own besides.
private struct SystemBoard: Decodable {
    enum Health: String, JSONChoice {
        case healthy, degraded, down
    }

    struct Component: Decodable {
        let status: Health
        let message: String
    }

    let status: Health
    let components: [String: Component]
}
