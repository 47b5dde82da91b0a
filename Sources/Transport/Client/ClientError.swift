package import Loop
package import Wire

/// Why a client did not get what it asked for.
package enum ClientError: Error, CustomStringConvertible {
    /// The address cannot be gone to; a sentence says what to mend.
    case badAddress(String)
    /// No machine of this name is known.
    case unresolved(host: String, String)
    /// None of the machine's addresses took the connection; this is what the last one said.
    case unreachable(String, SystemError)
    /// The server could not show that it is who it should be, or does not speak TLS.
    case untrusted(String)
    /// The deadline came first; this is what was waited for.
    case expired(String)
    case cancelled
    /// The connection broke, or was closed too early.
    case lost(String)
    /// What the server said is not HTTP, or not what was asked for.
    case malformed(String)
    /// The server answered, but with no WebSocket.
    case refused(HTTPResponseHead, body: [UInt8])
    /// The body is longer than the asker takes.
    case tooLarge(limit: Int)

    package var description: String {
        switch self {
        case .badAddress(let sentence): sentence
        case .unresolved(let host, let reason): "No address is known for \(host): \(reason)"
        case .unreachable(let address, let error): "\(address) cannot be reached: \(error)"
        case .untrusted(let reason): "The server is not trusted: \(reason)"
        case .expired(let awaited): "The deadline came before \(awaited)"
        case .cancelled: "Cancelled"
        case .lost(let reason): "The connection was lost: \(reason)"
        case .malformed(let sentence): "The server's answer makes no sense: \(sentence)"
        case .refused(let head, let body):
            "Refused with \(head.status.code) \(head.status.reason): \(String(decoding: body, as: UTF8.self))"
        case .tooLarge(let limit): "The answer is larger than \(limit) bytes"
        }
    }
}
