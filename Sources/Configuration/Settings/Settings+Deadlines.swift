extension Settings {
    /// How long each thing is waited for.
    package struct Deadlines: Sendable, Equatable {
        package var tlsHandshake: Duration
        package var requestHead: Duration
        package var requestBodyIdle: Duration
        package var request: Duration
        package var keepAliveIdle: Duration
        package var writeStalled: Duration
        package var pingInterval: Duration
        package var pong: Duration
        package var closeHandshake: Duration
        package var linger: Duration
        package var drain: Duration

        init(_ section: SettingSection) {
            let short = ValueKind.duration(.milliseconds(10) ... .minutes(10))
            let long = ValueKind.duration(.milliseconds(10) ... .days(30))
            let grace = ValueKind.duration(.zero ... .minutes(10))
            tlsHandshake = section.value(
                "tls_handshake", short, default: .seconds(10),
                "A TLS handshake, from the first byte to the last."
            )
            requestHead = section.value(
                "request_head", short, default: .seconds(10),
                "A request's head, from its first byte to its end.")
            requestBodyIdle = section.value(
                "request_body_idle", short, default: .seconds(30), "The next bytes of a request's body.")
            request = section.value(
                "request", long, default: .seconds(60),
                "The answer to a request that has come whole; then it is 503.")
            keepAliveIdle = section.value(
                "keep_alive_idle", long, default: .seconds(75),
                "The next request on a connection that is kept.")
            writeStalled = section.value(
                "write_stalled", short, default: .seconds(30),
                "A peer that takes nothing of what waits for it.")
            pingInterval = section.value(
                "ping_interval", long, default: .seconds(20), "Between two pings on a WebSocket.")
            pong = section.value(
                "pong", short, default: .seconds(10),
                "The answer to a ping; then the connection ends with 4004.")
            closeHandshake = section.value(
                "close_handshake", short, default: .seconds(5), "A peer's close frame, once ours is sent.")
            linger = section.value(
                "linger", short, default: .seconds(2),
                "The end of a peer's stream, once all is said; then the connection is closed all the same.")
            drain = section.value(
                "drain", grace, default: .seconds(10),
                "Requests and sessions that finish while the server stops."
            )
        }
    }
}
