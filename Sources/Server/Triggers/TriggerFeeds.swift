import FoundationEssentials
import Feeds
import JSONCoding
import Loop
import Workflows

/// The feeds `webhook-status` and `planned-features`: what is stored now, read again whenever it was changed, at most
/// every so often. To be stopped before the store is closed.
final class TriggerFeeds: Sendable {
    private static let pause = Duration.milliseconds(50)
    /// What the store did not answer is asked again after this.
    private static let retry = Duration.seconds(2)

    private let pumps: [BoardPump]

    /// Their routes are among those of `FeedEndpoints` when they are made first.
    init(of triggers: Triggers, in directory: FeedDirectory, on home: EventLoop) {
        let webhooks = directory.makeBuiltIn(Self.name("webhook-status"), on: home)
        let features = directory.makeBuiltIn(Self.name("planned-features"), on: home)
        pumps = [
            BoardPump(ringing: triggers.webhookNews, atMostEvery: Self.pause, on: home) { loop in
                do throws(TriggerError) {
                    return Self.say(try await triggers.status(), on: webhooks, loop)
                } catch {
                    return Self.fail(error, webhooks, on: loop)
                }
            },
            BoardPump(ringing: triggers.featureNews, atMostEvery: Self.pause, on: home) { loop in
                do throws(PlannedError) {
                    return Self.say(try await triggers.features.update(), on: features, loop)
                } catch {
                    return Self.fail(error, features, on: loop)
                }
            },
        ]
    }

    /// With what there is now.
    func start() { for pump in pumps { pump.start() } }

    func stop() async { for pump in pumps { await pump.stop() } }

    private static func name(_ text: StaticString) -> FeedName {
        guard let name = FeedName("\(text)") else { preconditionFailure("\(text) is no name") }
        return name
    }

    private static func say(
        _ value: some Encodable, on feed: Feed, _ loop: isolated EventLoop
    ) -> Duration? {
        guard let data = try? JSONFormat.encoder.encode(value) else {
            preconditionFailure("numbers, texts and lists of them are JSON")
        }
        // Refused only when the feed has ended, and with it whoever would read it.
        _ = try? feed.publish(minified: Array(data), on: loop)
        return nil
    }

    private static func fail(
        _ error: some Error & CustomStringConvertible, _ feed: Feed, on loop: isolated EventLoop
    ) -> Duration? {
        if !Task.isCancelled { feed.markStale(error.description, on: loop) }
        return retry
    }
}
