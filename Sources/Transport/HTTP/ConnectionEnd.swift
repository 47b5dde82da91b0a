package import Wire

/// Why a connection that spoke HTTP ended: the first reason that there was.
package enum ConnectionEnd: Equatable, Sendable {
    /// The last answer was given.
    case done
    /// The peer left when no request was under way.
    case left
    /// No further request came for as long as a connection may be idle.
    case idle
    /// A request did not come in time.
    case late(String)
    /// What came was no request, or more than is allowed, and was answered so.
    case malformed(HTTPStatus, String)
    /// The answer took the handler too long.
    case overdue(String)
    /// The peer went away in the middle, or its connection broke.
    case lost(String)
    /// The peer took nothing for too long.
    case notReading
    /// The server could not go on.
    case failed(String)
    /// The server goes down.
    case shutdown
    /// Its keeper ended it.
    case ended
}

extension ResponseEnd {
    /// What an answer came to whose connection ended before it did.
    init(_ end: ConnectionEnd) {
        switch end {
        case .notReading: self = .notReading
        case .lost(let reason), .late(let reason), .malformed(_, let reason): self = .lost(reason)
        case .failed(let reason), .overdue(let reason): self = .cut(reason)
        case .shutdown: self = .cut("The server is shutting down")
        case .ended: self = .cut("The connection was ended")
        case .done, .left, .idle: self = .complete
        }
    }
}
