import FoundationEssentials
import Feeds
import JSONCoding
import Loop
import Workflows

/// Says what became of tasks as the feed `workflow-history`. Counting happens on the store's threads.
struct HistoryFeed {
    /// So many tasks are shown.
    static let most = 50
    private static let retry = Duration.seconds(2)

    let engine: TaskEngine
    let feed: Feed

    /// When to come again; nil where it is well.
    func publish(on loop: isolated EventLoop) async -> Duration? {
        do throws(TaskError) {
            let (tasks, figures) = try await engine.history(HistoryFilter(), limit: Self.most)
            let isSaid = feed.say(on: loop) {
                Array(try JSONFormat.encoder.encode(HistoryBoard(tasks, figures)))
            }
            return isSaid ? nil : Self.retry
        } catch {
            if !Task.isCancelled { feed.markStale(error.sentence, on: loop) }
            return Self.retry
        }
    }
}
