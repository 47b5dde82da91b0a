import Configuration
import Transport
import Wire

extension TransportPolicy {
    /// The limits and deadlines of connections, as the configuration has them.
    convenience init(_ settings: Settings, traffic: Traffic) {
        var values = Values()
        let deadlines = settings.deadlines
        values.requestHead = deadlines.requestHead
        values.requestBodyIdle = deadlines.requestBodyIdle
        values.request = deadlines.request
        values.keepAliveIdle = deadlines.keepAliveIdle
        values.writeStalled = deadlines.writeStalled
        values.ping = deadlines.pingInterval
        values.pong = deadlines.pong
        values.closeHandshake = deadlines.closeHandshake
        values.linger = deadlines.linger
        values.tlsHandshake = deadlines.tlsHandshake
        let limits = settings.limits
        values.http.requestLine = limits.requestLine
        values.http.headerBytes = limits.headerBytes
        values.http.headerCount = limits.headerCount
        values.http.body = UInt64(limits.body)
        values.webSocket = WebSocketLimits(message: limits.message, frame: limits.frame)
        values.outboundBytes = limits.outbound
        values.compression = settings.compression.enabled
        values.compressionThreshold = settings.compression.threshold
        self.init(values, traffic: traffic)
    }
}

extension Admission {
    /// How many may connect, as the configuration has it.
    convenience init(_ limits: Settings.Limits) {
        let perHost = limits.connectionsPerAddress
        self.init(connections: limits.connections, perHost: perHost == 0 ? .max : perHost)
    }
}

extension SocketAddress {
    /// What a setting names; nil when the system cannot spell it.
    init?(_ address: ListenAddress) { self.init(parsing: address.description) }
}
