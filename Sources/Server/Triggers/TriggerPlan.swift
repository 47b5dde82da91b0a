package import Configuration
import Transport
import Workflows

/// What the configuration says of webhooks, schedules and notifications, understood and with its secrets. Every mistake
/// names file, line and key. Reads files, so it blocks.
package struct TriggerPlan: Sendable {
    let sources: [WebhookSource]
    let schedules: [Schedule]
    let targets: [NotificationTarget]

    package init(_ settings: Settings) throws(ConfigurationError) {
        try self.init(settings, finding: SecretFinder.find)
    }

    /// Finds every mistake but those in secrets, which may be there for nobody but the server.
    package static func check(_ settings: Settings) throws(ConfigurationError) {
        _ = try TriggerPlan(settings) { _ in String(repeating: "?", count: SecretFinder.shortest) }
    }

    private init(
        _ settings: Settings, finding find: @escaping TriggerReader.FindSecret
    ) throws(ConfigurationError) {
        let reader = TriggerReader(find)
        sources = settings.webhooks.compactMap(reader.source)
        schedules = reader.schedules(settings.schedules)
        targets = settings.notifications.compactMap(reader.target)
        try reader.mistakes.check()
    }
}
