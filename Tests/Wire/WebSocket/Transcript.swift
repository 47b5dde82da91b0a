@testable import Wire

/// What a decoder made of some bytes: events in order, then the error, and at which byte it came.
struct Transcript: Equatable {
    enum Entry: Equatable {
        case text(String)
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        case close(UInt16?, String)
    }

    var entries: [Entry] = []
    var error: WebSocketError?
    /// How many bytes had been given when the error came.
    var given = 0

    static func == (one: Transcript, other: Transcript) -> Bool {
        one.entries == other.entries && one.error == other.error
    }

    var code: UInt16? { error?.code.rawValue }

    /// Gives `decoder` one portion, as a transport would.
    mutating func feed(_ portion: some Sequence<UInt8>, to decoder: inout WebSocketDecoder) {
        guard error == nil else { return }
        var received = Array(portion)
        let count = received.count
        unsafe received.withUnsafeMutableBytes { buffer in
            var input = unsafe buffer
            do throws(WebSocketError) {
                while let event = try unsafe decoder.next(&input) { unsafe entries.append(Entry(event)) }
            } catch {
                self.error = error
            }
        }
        given += count
    }

    static func of(
        _ bytes: [UInt8], cutAt cuts: [Int] = [], role: WebSocketRole = .server,
        limits: WebSocketLimits = WebSocketLimits(), deflate: PermessageDeflate? = nil
    ) -> Transcript {
        var decoder = WebSocketDecoder(role: role, limits: limits, deflate: deflate)
        var transcript = Transcript()
        var start = 0
        for end in cuts + [bytes.count] {
            transcript.feed(bytes[start..<end], to: &decoder)
            start = end
        }
        return transcript
    }

    static func byteByByte(
        _ bytes: [UInt8], role: WebSocketRole = .server, limits: WebSocketLimits = WebSocketLimits(),
        deflate: PermessageDeflate? = nil
    ) -> Transcript {
        of(bytes, cutAt: Array(0..<bytes.count), role: role, limits: limits, deflate: deflate)
    }
}

extension Transcript.Entry {
    init(_ event: WebSocketEvent) {
        // Copied before the decoder is asked again.
        switch unsafe event {
        case .message(.text, let bytes): self = unsafe .text(String(decoding: bytes, as: UTF8.self))
        case .message(.binary, let bytes): self = unsafe .binary(Array(bytes))
        case .ping(let bytes): self = unsafe .ping(Array(bytes))
        case .pong(let bytes): self = unsafe .pong(Array(bytes))
        case .close(let code, let reason):
            self = unsafe .close(code?.rawValue, String(decoding: reason, as: UTF8.self))
        }
    }
}
