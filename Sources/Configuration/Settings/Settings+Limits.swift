extension Settings {
    /// How much a peer may send, hold and ask for. Sizes are in bytes.
    package struct Limits: Sendable, Equatable {
        package var requestLine: Int
        package var headerBytes: Int
        package var headerCount: Int
        package var body: Int
        package var message: Int
        package var frame: Int
        package var outbound: Int
        package var connections: Int
        package var connectionsPerAddress: Int
        package var channels: Int

        init(_ section: SettingSection) {
            requestLine = section.value(
                "request_line", .size(.init(256) ... .mebibytes(1)), default: 8 << 10,
                "The first line of a request; a longer one is answered with 414.")
            headerBytes = section.value(
                "header_bytes", .size(.kibibytes(1) ... .mebibytes(16)), default: 32 << 10,
                "All headers of a request; more is answered with 431.")
            headerCount = section.value(
                "header_count", .integer(8...10_000), default: 100,
                "How many headers a request may have; more is answered with 431.")
            body = section.value(
                "body", .size(.kibibytes(1) ... .gibibytes(16)), default: 8 << 20,
                "The body of a request; a larger one is answered with 413.")
            message = section.value(
                "message", .size(.init(128) ... .gibibytes(1)), default: 1 << 20,
                "A WebSocket message, after decompression; a larger one ends with 1009.")
            frame = section.value(
                "frame", .size(.init(128) ... .gibibytes(1)), default: 1 << 20,
                "One frame of a WebSocket message.")
            outbound = section.value(
                "outbound", .size(.kibibytes(16) ... .gibibytes(1)), default: 1 << 20,
                "What may wait to be sent on one connection.")
            connections = section.value(
                "connections", .integer(1...10_000_000), default: 100_000, "Connections at one time.")
            connectionsPerAddress = section.value(
                "connections_per_address", .integer(0...10_000_000), default: 0,
                "Connections at one time from one address; 0 is no limit, which suits a server behind a proxy."
            )
            channels = section.value(
                "channels", .integer(1...100_000), default: 256, "Channels on one multiplexed WebSocket.")
            section.require(
                frame <= message, "frame", "is larger than `limits.message`, which holds for it too")
        }
    }
}
