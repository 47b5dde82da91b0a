package import Sessions
package import Transport
import Wire

extension Ending {
    /// What a WebSocket's end was for the session that it carried.
    package init(_ closure: WebSocketClosure) {
        switch closure.cause {
        case .ours, .theirs: self.init(.peerLeft)
        case .lost: self.init(.peerLost, closure.reason)
        case .notAnswering, .notReading: self.init(.notAnswering, closure.reason)
        case .violation: self.init(Self.violation(closure.code), closure.reason)
        }
    }

    private static func violation(_ code: WebSocketCloseCode?) -> EndingReason {
        switch code {
        case .unsupportedData?: .unsupportedData
        case .invalidPayload?: .invalidText
        case .messageTooBig?: .messageTooBig
        case .policyViolation?: .policyViolation
        default: .protocolError
        }
    }

    /// What a connection that spoke HTTP ended with.
    package init(of end: ConnectionEnd) {
        switch end {
        case .done: self.init(.completed)
        case .left: self.init(.peerLeft)
        case .idle: self.init(.idle)
        case .late(let reason): self.init(.requestTimeout, reason)
        case .malformed(.contentTooLarge, let reason), .malformed(.uriTooLong, let reason),
            .malformed(.headerFieldsTooLarge, let reason):
            self.init(.messageTooBig, reason)
        case .malformed(_, let reason): self.init(.protocolError, reason)
        case .overdue(let reason): self.init(.deadline, reason)
        case .lost(let reason): self.init(.peerLost, reason)
        case .notReading: self.init(.notAnswering, "Reads too slowly")
        case .failed(let reason): self.init(.failed, reason)
        case .shutdown: self.init(.serverShutdown)
        case .ended: self.init(.cancelled)
        }
    }

    /// What an answer that goes on ended with.
    package init(_ end: ResponseEnd) {
        switch end {
        case .complete: self.init(.completed)
        case .lost(let reason): self.init(.peerLost, reason)
        case .cut(let reason): self.init(.failed, reason)
        case .notReading: self.init(.notAnswering, "Reads too slowly")
        }
    }
}
