import Feeds
import Loop
import Store
import Synchronization
import Workflows

/// The server's own parts in the feed `system-status`, beside the machine: the database, the line of tasks, what is
/// watched, and the webhooks. Figures move in steps, so that ordinary work is no news.
struct SystemParts: Sendable {
    let all: [SystemWatch.Part]

    init(_ store: Store, _ tasks: TaskEngine, _ directory: FeedDirectory, _ triggers: Triggers) {
        let database = DatabasePart(store)
        all = [
            { database.status },
            { await Self.queue(tasks) },
            { await Self.watchers(directory) },
            { await Self.webhooks(triggers) },
        ]
    }

    private static func queue(_ tasks: TaskEngine) async -> ComponentStatus {
        let line = await tasks.line()
        return ComponentStatus(
            name: "queue", health: line.isPaused ? .degraded : .healthy,
            message: line.isPaused
                ? "The line of tasks is paused: nothing begins." : "Tasks begin when their turn comes.",
            figures: [("running", line.running.count), ("waiting", line.waiting.count)])
    }

    private static func watchers(_ directory: FeedDirectory) async -> ComponentStatus {
        var stale: [String] = []
        // Whether this feed itself is old, its own reader is told by its messages.
        for feed in directory.all where feed.name.text != "system-status" {
            if await feed.summary().stale != nil { stale.append(feed.name.text) }
        }
        let names = stale.prefix(5).joined(separator: ", ") + (stale.count > 5 ? ", …" : "")
        return ComponentStatus(
            name: "watchers", health: stale.isEmpty ? .healthy : .degraded,
            message: stale.isEmpty ? "All that is watched is current." : "These feeds are old: \(names).",
            figures: [("stale", stale.count)])
    }

    /// Anybody can send what is refused, so that alone makes nothing unwell.
    private static func webhooks(_ triggers: Triggers) async -> ComponentStatus {
        do throws(TriggerError) {
            let sources = try await triggers.webhooks.status().sources
            let failing = sources.filter { source in
                guard let failure = source.lastFailureAt else { return false }
                return failure > source.lastSuccessAt ?? Timestamp(milliseconds: 0)
            }
            let names = failing.prefix(5).map(\.name).joined(separator: ", ")
            return ComponentStatus(
                name: "webhooks", health: .healthy,
                message: failing.isEmpty
                    ? "No source's last delivery failed or was refused."
                    : "The last delivery failed or was refused of: \(names).",
                figures: [("sources", sources.count), ("failing", failing.count)])
        } catch {
            return ComponentStatus(
                name: "webhooks", health: .degraded, message: "They cannot be asked: \(error).", figures: [])
        }
    }
}

/// How the database is, by what became of its calls since the last look.
private final class DatabasePart: Sendable {
    /// As many calls may wait without being worth a word.
    private static let mostWaiting = 1000
    private static let step: Int64 = 4 << 20

    private let store: Store
    private let last: Mutex<Store.Statistics>

    init(_ store: Store) {
        self.store = store
        last = Mutex(store.statistics)
    }

    var status: ComponentStatus {
        let now = store.statistics
        let before = last.withLock { last in
            defer { last = now }
            return last
        }
        let (health, message): (Health, String) =
            if now.diskFull > before.diskFull {
                (.down, "The disk is full: nothing can be written.")
            } else if now.busy > before.busy {
                (.degraded, "Some of what was asked of it could not be done in time.")
            } else if now.waitingWrites + now.waitingReads > Self.mostWaiting {
                (.degraded, "More than \(Self.mostWaiting) calls wait for it.")
            } else {
                (.healthy, "It answers in time.")
            }
        return ComponentStatus(
            name: "database", health: health, message: message,
            figures: [("bytes", Int((now.databaseBytes + now.logBytes) / Self.step * Self.step))])
    }
}
