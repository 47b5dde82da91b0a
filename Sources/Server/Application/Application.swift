package import Loop
import Sessions
package import Transport
import Wire

/// Takes each request from its connection to its route and back: who asks, from which page, may they, and how
/// is it told when not.
package struct Application: RequestHandler {
    let router: Router
    let accounts: Accounts
    let authenticator: Authenticator
    let sessions: Sessions
    let journal: RequestJournal
    let compression: ResponseCompression

    package func opened(_ connection: Connection, on loop: isolated EventLoop) -> (any ConnectionKeeper)? {
        ConnectionSession.open(connection, in: sessions, on: loop)
    }

    package func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
        let approach = accounts.approach(of: request)
        journal.began(request, from: approach.address, on: loop)
        let verdict = accounts.origins.judge(request.head, approach)
        var response: Response
        do throws(HTTPError) {
            response = try await answer(request, approach, verdict, on: loop)
        } catch {
            journal.refused(request, error)
            response = refusal(error, of: request, approach, verdict)
        }
        CrossOrigin.permit(verdict, request.head, &response)
        SecurityHeaders.add(to: &response)
        return await compression.compressed(response, for: request.head, on: loop)
    }

    package func finished(_ exchange: Exchange, on loop: isolated EventLoop) {
        journal.finished(exchange, on: loop)
    }

    private func answer(
        _ request: Request, _ approach: Approach, _ verdict: OriginRules.Verdict, on loop: isolated EventLoop
    ) async throws(HTTPError) -> Response {
        let match = router.match(request.head)
        guard case .found(let route, let parameters) = match else {
            if let preflight = CrossOrigin.preflight(verdict, request.head, match) { return preflight }
            if request.head.upgradesToWebSocket { throw Self.noWebSocket(at: request) }
            return match.answer(to: request) ?? .refusal(Self.notFound, of: request)
        }
        journal.found(request, route: route, on: loop)
        if route.kind == .webSocket {
            try WebSocketUpgrade.check(request.head)
        } else if request.head.method == .get, request.head.upgradesToWebSocket {
            // An upgrade may be ignored (RFC 9110 7.8), but whoever wants a WebSocket understands no other answer.
            throw Self.noWebSocket(at: request)
        }
        // It was somebody else's, perhaps, who may not end this request.
        request.session?.belong(to: nil)
        let caller =
            route.access == .signed ? Caller.nobody : try await authenticator.identify(request.head, approach)
        request.session?.belong(to: caller.owner)
        if let owner = caller.owner { journal.found(request, account: owner.account, on: loop) }
        try accounts.origins.check(request.head, approach, means: caller.means)
        try check(route.access, caller)
        if request.head.target.query != nil { try route.check(request.head.target.parameters) }
        return try await route.handler(
            Call(
                request: request, parameters: parameters, caller: caller, asker: approach.address,
                isSecure: approach.isSecure), loop)
    }

    private func check(_ access: Access, _ caller: Caller) throws(HTTPError) {
        guard case .atLeast(let least) = access else { return }
        guard let role = caller.role else { throw HTTPError(.unauthorized, caller.unauthenticatedSentence) }
        guard role >= least else {
            throw HTTPError(.forbidden, "This needs the role \(least.rawValue); you have \(role.rawValue).")
        }
    }

    private func refusal(
        _ error: HTTPError, of request: Request, _ approach: Approach, _ verdict: OriginRules.Verdict
    ) -> Response {
        var headers: HTTPHeaders = [:]
        if error.status == .unauthorized { headers.append(.wwwAuthenticate, "Bearer") }
        guard request.head.upgradesToWebSocket else { return .refusal(error, of: request, headers: headers) }
        return Refusal.response(
            to: request, error, for: Refusal.Asker(verdict), at: approach.address, headers: headers)
    }

    private static let notFound = HTTPError(.notFound, "There is nothing at this address.")

    private static func noWebSocket(at request: Request) -> HTTPError {
        HTTPError(
            .notFound, "There is no WebSocket at \(request.head.target.path); they are under /api/v1/ws.")
    }
}

extension Refusal.Asker {
    init(_ verdict: OriginRules.Verdict) {
        switch verdict {
        case .absent: self = .program
        case .same, .allowed: self = .knownPage
        case .foreign: self = .foreignPage
        }
    }
}
