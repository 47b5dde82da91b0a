/// Who says what a feed says.
package enum FeedPublisher: Sendable {
    /// The server, about itself.
    case server
    /// A watcher that the configuration asked for.
    case watcher
    case people
}
