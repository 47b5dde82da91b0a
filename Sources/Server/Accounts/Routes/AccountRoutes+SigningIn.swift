import Loop
import Sessions
import Transport
import Wire

extension AccountRoutes {
    func signingInRoutes() -> [Route] {
        [
            Route(
                .post, "/api/v1/sign-in", "Signs a page in, by name and password.", access: .anyone,
                documentation: AccountDocumentation.signIn
            ) { (call, loop) async throws(HTTPError) in try await signIn(call, on: loop) },
            Route(
                .get, "/sign-in", "Follows a sign-in link.", access: .anyone,
                documentation: AccountDocumentation.signInLink
            ) { (call, loop) async throws(HTTPError) in try await followLink(call, on: loop) },
            Route(
                .post, "/api/v1/sign-out", "Signs the page out, and ends what it has open.", access: .anyone,
                documentation: AccountDocumentation.signOut
            ) { (call, _) async throws(HTTPError) in
                let approach = accounts.approach(of: call.request)
                try await accounts.signOut(call.caller, approach)
                return try Self.setting(
                    SessionCookie.none(isSecure: approach.isSecure), in: Response(.noContent))
            },
            Route(
                .get, "/api/v1/me", "Who you are.", access: .atLeast(.viewer),
                documentation: AccountDocumentation.me
            ) { (call, _) async throws(HTTPError) in try Self.me(call) },
            Route(
                .post, "/api/v1/ws-ticket", "Makes a ticket that opens one WebSocket as you.",
                access: .atLeast(.viewer), documentation: AccountDocumentation.ticket
            ) { (call, _) async throws(HTTPError) in
                let (ticket, expires) = try accounts.makeTicket(for: call.caller)
                let message = AccountMessages.Ticket(ticket: ticket.text, expiresAt: expires)
                return try Self.json(message, .created)
            },
        ]
    }

    private func signIn(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let wanted = try await call.decode(AccountMessages.SignIn.self, on: loop)
        let approach = accounts.approach(of: call.request)
        switch try await accounts.signIn(wanted.name, password: wanted.password, approach, on: loop) {
        case .signedIn(let account, let cookie):
            return try Self.setting(cookie, in: try Self.json(AccountMessages.Account(account)))
        case .tooManyAttempts(let wait):
            let seconds = (wait.milliseconds + 999) / 1000
            let error = HTTPError(
                .tooManyRequests, "Too many attempts to sign in. Try again in \(seconds) seconds.")
            return .refusal(error, of: call.request, headers: [.retryAfter: "\(seconds)"])
        }
    }

    private func followLink(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let head = call.request.head
        guard let link = head.target.parameters["token"], !link.isEmpty else {
            throw HTTPError(.badRequest, "A sign-in link ends with ?token=… and what was printed behind it.")
        }
        // Whoever only looks at what is there, as previews do, does not use the link up.
        guard head.method == .get else { return Response(.ok, headers: [.cacheControl: "no-store"]) }
        let cookie = try await accounts.signIn(
            link: link, accounts.approach(of: call.request), on: loop)
        // A redirect stays in no history, and the page behind it sends no Referer with the link.
        let headers: HTTPHeaders = [
            .location: "/", .cacheControl: "no-store", "Referrer-Policy": "no-referrer",
        ]
        return try Self.setting(cookie, in: Response(.seeOther, headers: headers))
    }

    private static func me(_ call: Call) throws(HTTPError) -> Response {
        guard let owner = call.caller.owner, let role = call.caller.role else {
            throw HTTPError(.unauthorized, call.caller.unauthenticatedSentence)
        }
        return try Self.json(
            AccountMessages.Me(
                account: owner.account, role: role, signIn: owner.signIn, expiresAt: call.caller.expires
            ))
    }

    private static func setting(_ cookie: HTTPSetCookie, in response: Response) throws(HTTPError) -> Response
    {
        var response = response
        response.head.headers.append(.setCookie, try cookie.formatted())
        return response
    }
}
