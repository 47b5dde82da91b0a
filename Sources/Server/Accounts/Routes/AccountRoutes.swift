import JSONCoding
import Loop
import Sessions
import Transport
import Wire

/// What can be asked of the server about accounts, tokens and signing in.
package struct AccountRoutes: Sendable {
    let accounts: Accounts

    package init(_ accounts: Accounts) { self.accounts = accounts }

    package func routes() -> [Route] { signingInRoutes() + managingRoutes() + tokenRoutes() }

    /// What is told of accounts is for the asker alone, and secrets are among it.
    static func json(_ value: some Encodable, _ status: HTTPStatus = .ok) throws(HTTPError) -> Response {
        try .json(value, status: status, headers: [.cacheControl: "no-store"])
    }

    // MARK: Accounts

    private func managingRoutes() -> [Route] {
        [
            Route(
                .get, "/api/v1/accounts", "All accounts.", access: .atLeast(.admin),
                documentation: AccountDocumentation.accounts
            ) { (_, _) async throws(HTTPError) in
                let all = try await accounts.storage.accounts().map(AccountMessages.Account.init)
                return try Self.json(AccountMessages.Accounts(accounts: all))
            },
            Route(
                .post, "/api/v1/accounts", "Makes an account.", access: .atLeast(.admin),
                documentation: AccountDocumentation.newAccount
            ) { (call, loop) async throws(HTTPError) in try await create(call, on: loop) },
            Route(
                .patch, "/api/v1/accounts/{name}", "Changes an account's role or password.",
                access: .atLeast(.viewer), documentation: AccountDocumentation.accountChange
            ) { (call, loop) async throws(HTTPError) in try await change(call, on: loop) },
            Route(
                .delete, "/api/v1/accounts/{name}", "Removes an account, with its tokens and sign-ins.",
                access: .atLeast(.admin), documentation: AccountDocumentation.accountRemoval
            ) { (call, _) async throws(HTTPError) in
                try await accounts.remove(call.parameter("name"), by: call.caller)
                return Response(.noContent)
            },
        ]
    }

    private func create(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let new = try await call.decode(AccountMessages.NewAccount.self, on: loop)
        let account = try await accounts.create(
            new.name, role: new.role, password: new.password, by: call.caller, on: loop)
        var response = try Self.json(AccountMessages.Account(account), .created)
        response.head.headers.append(.location, "/api/v1/accounts/\(PercentEncoding.encode(account.name))")
        return response
    }

    /// Admins change anybody; everybody changes their own password, knowing the one they have.
    private func change(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let name = call.parameter("name")
        let change = try await call.decode(AccountMessages.AccountChange.self, on: loop)
        let isOwn = call.caller.owner?.account == name
        guard call.caller.role == .admin || (isOwn && change.role == nil) else {
            throw HTTPError(.forbidden, "Only admins change other accounts, and roles.")
        }
        guard let before = try await accounts.storage.account(name)?.account else {
            throw AccountStorage.unknown(name)
        }
        // Whoever finds a page open does not lock its owner out.
        if isOwn, change.password != nil, before.hasPassword {
            guard let current = change.currentPassword else {
                throw HTTPError(.unprocessableContent, "current_password: is missing.")
            }
            try await accounts.confirm(current, of: name, accounts.approach(of: call.request), on: loop)
        }
        guard change.role != nil || change.password != nil else {
            throw HTTPError(.unprocessableContent, "There is nothing to change: send role, password or both.")
        }
        if let password = change.password {
            try await accounts.setPassword(password, of: name, by: call.caller, on: loop)
        }
        if let role = change.role { try await accounts.setRole(role, of: name, by: call.caller) }
        guard let (account, _) = try await accounts.storage.account(name) else {
            throw AccountStorage.unknown(name)
        }
        return try Self.json(AccountMessages.Account(account))
    }

    // MARK: Tokens

    private func tokenRoutes() -> [Route] {
        [
            Route(
                .get, "/api/v1/tokens", "Your tokens; an admin's list has everybody's.",
                access: .atLeast(.viewer), documentation: AccountDocumentation.tokens
            ) { (call, _) async throws(HTTPError) in
                let tokens = try await accounts.tokens(for: call.caller).map(AccountMessages.Token.init)
                return try Self.json(AccountMessages.Tokens(tokens: tokens))
            },
            Route(
                .post, "/api/v1/tokens", "Makes a token, and shows it this once.", access: .atLeast(.viewer),
                documentation: AccountDocumentation.newToken
            ) { (call, loop) async throws(HTTPError) in try await createToken(call, on: loop) },
            Route(
                .delete, "/api/v1/tokens/{id}", "Revokes a token, and ends what is open with it.",
                access: .atLeast(.viewer), documentation: AccountDocumentation.tokenRevocation
            ) { (call, _) async throws(HTTPError) in
                try await accounts.revokeToken(call.parameter("id"), by: call.caller)
                return Response(.noContent)
            },
        ]
    }

    private func createToken(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let wanted = try await call.decode(AccountMessages.NewToken.self, on: loop)
        let lifetime = wanted.expiresIn?.value
        if let seconds = lifetime, !(1...3_650 * 86_400).contains(seconds) {
            throw HTTPError(
                .unprocessableContent, "expires_in: must be from 1 second to ten years, in seconds.")
        }
        let new = try await accounts.createToken(
            named: wanted.name, role: wanted.role, lifetime: lifetime.map { .seconds($0) },
            by: call.caller)
        var message = AccountMessages.Token(new.token)
        message.token = new.secret.text
        return try Self.json(message, .created)
    }
}
