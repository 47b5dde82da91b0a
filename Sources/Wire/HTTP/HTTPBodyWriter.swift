/// What a sender knows of the body it is about to write.
package enum HTTPBodyLength: Hashable, Sendable {
    case exactly(UInt64)
    /// It will be found out on the way.
    case unknown
    /// No body and no word of one: a GET request, a response that switches protocols.
    case none
}

/// Writes one body behind its head, in the framing the head announced, and no other.
///
/// A body that is not to be sent (of a response to HEAD, of a 304) is swallowed, so that a handler need not
/// ask what it answers. A body that does not come out at the announced length is an error, and the
/// connection is lost: the peer would take what follows for its rest.
package struct HTTPBodyWriter: ~Copyable, Sendable {
    enum Framing: Sendable {
        case nothing
        case length(UInt64)
        case chunked
        case untilClose
    }

    private var framing: Framing

    /// Whether the connection may be used again after `end`.
    package let keepsAlive: Bool

    init(_ framing: Framing, keepsAlive: Bool) {
        self.framing = framing
        self.keepsAlive = keepsAlive
    }

    package mutating func write(_ bytes: Span<UInt8>, to buffer: inout [UInt8]) throws(HTTPError) {
        try begin(piece: bytes.count, to: &buffer)
        if case .nothing = framing { return }
        buffer.append(bytes)
        endPiece(count: bytes.count, to: &buffer)
    }

    /// Writes what goes before a piece of `count` bytes that the caller puts on the wire itself. Says whether
    /// it is to be sent at all; when it is, `endPiece` must follow it.
    @discardableResult
    package mutating func begin(piece count: Int, to buffer: inout [UInt8]) throws(HTTPError) -> Bool {
        switch framing {
        case .nothing: return false
        case .untilClose: break
        case .length(let remaining):
            guard UInt64(count) <= remaining else {
                throw .unsayable("The body is longer than the length that was announced for it.")
            }
            framing = .length(remaining - UInt64(count))
        case .chunked:
            // A chunk of no bytes would be the last one.
            if count > 0 { HTTPChunk.begin(count: count, to: &buffer) }
        }
        return true
    }

    package func endPiece(count: Int, to buffer: inout [UInt8]) {
        if case .chunked = framing, count > 0 { buffer += [UInt8].lineEnd }
    }

    /// Ends the body. Trailers are written where the framing has room for them.
    package consuming func end(trailers: HTTPHeaders = [:], to buffer: inout [UInt8]) throws(HTTPError) {
        switch framing {
        case .nothing, .untilClose, .length(0): break
        case .length(let remaining):
            throw .unsayable("The body ended \(remaining) bytes before the length that was announced for it.")
        case .chunked:
            try HTTPHeadWriter.check(trailers)
            HTTPChunk.end(trailers: trailers, to: &buffer)
        }
    }
}
