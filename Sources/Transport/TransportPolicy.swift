package import Wire

/// The limits and deadlines that all connections of a listener share. One instance, referred to by each.
package final class TransportPolicy: Sendable {
    /// What a connection may ask for and how long it may take. The defaults are those of the settings of the same
    /// names, to which a test holds them.
    package struct Values: Sendable, Equatable {
        package var http = HTTPLimits()
        package var webSocket = WebSocketLimits(message: 1 << 20, frame: 1 << 20)
        /// From the first byte of a request's head to its last; for a new connection, from its opening.
        package var requestHead = Duration.seconds(10)
        package var requestBodyIdle = Duration.seconds(30)
        /// For the handler of a request whose body has come.
        package var request = Duration.seconds(60)
        package var keepAliveIdle = Duration.seconds(75)
        package var writeStalled = Duration.seconds(30)
        package var ping = Duration.seconds(20)
        package var pong = Duration.seconds(10)
        package var closeHandshake = Duration.seconds(5)
        /// How long the peer may take to close its side after everything was said.
        package var linger = Duration.seconds(2)
        package var tlsHandshake = Duration.seconds(10)
        /// What one connection may have queued before it is ended.
        package var outboundBytes = 1 << 20
        /// What one connection may have queued before it is no longer read from.
        package var outboundHighWater = 64 << 10
        /// Whether to agree to permessage-deflate, and from what size on to use it.
        package var compression = true
        package var compressionThreshold = 1 << 10
        package init() {}
    }

    package let values: Values
    package let traffic: Traffic

    package init(_ values: Values = Values(), traffic: Traffic = Traffic()) {
        self.values = values
        self.traffic = traffic
    }
}
