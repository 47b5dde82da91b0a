import Loop
import Sessions
package import Transport
package import Wire

/// A WebSocket that cannot be had is refused in the way its asker can read.
///
/// A page cannot see the status of a refused upgrade, only 1006, and comes again for ever: so a page that may know
/// is accepted and closed at once with 4400 + the last two digits of the status, and the reason. Anybody else gets
/// the status and the problem before the upgrade; so does a page of a foreign origin, which learns nothing.
package enum Refusal {
    /// Who wants the WebSocket, by the rules for origins.
    package enum Asker: Sendable {
        /// No page: it sent no Origin.
        case program
        /// A page of the server's own, or of an origin that the configuration allows.
        case knownPage
        /// A page of any other origin.
        case foreignPage
    }

    /// - Parameters:
    ///   - address: of who asks, where that is another than the peer.
    ///   - headers: what goes with the status, such as WWW-Authenticate or Retry-After.
    package static func response(
        to request: Request, _ error: HTTPError, for asker: Asker, at address: String? = nil,
        headers: HTTPHeaders = [:]
    ) -> Response {
        switch asker {
        case .foreignPage:
            let error = HTTPError(.forbidden, "Pages of this origin may not connect.")
            return .problem(error, id: request.id)
        case .program: return .refusal(error, of: request, headers: headers)
        case .knownPage:
            let ending = Ending.refused(status: Int(error.status.code), error.sentence)
            // What is no proper handshake cannot be accepted, not even to be closed.
            guard let session = request.session,
                let upgrade = try? WebSocketUpgrade(
                    request.head, subprotocol: request.head.subprotocol,
                    handler: RefusedSocket(ending, session, asker: address))
            else { return .refusal(error, of: request, headers: headers) }
            return .webSocket(upgrade)
        }
    }
}
