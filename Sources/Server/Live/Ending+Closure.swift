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

    /// What an answer that goes on ended with.
    package init(_ end: ResponseEnd) {
        switch end {
        case .complete: self.init(.completed)
        case .lost(let reason): self.init(.peerLost, reason)
        case .notReading: self.init(.notAnswering, "Reads too slowly")
        }
    }
}
