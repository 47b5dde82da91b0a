/// What the OpenAPI document says of the routes about accounts.
enum AccountDocumentation {
    private static let role = #"{"type":"string","enum":["viewer","operator","admin"]}"#
    private static let time = #"{"type":"string","format":"date-time"}"#
    private static let account = """
        {"type":"object","required":["name","role","has_password","created_at"],"properties":{\
        "name":{"type":"string"},"role":\(role),"has_password":{"type":"boolean"},"created_at":\(time)}}
        """
    private static let token = """
        {"type":"object","required":["id","name","role","created_at"],"properties":{\
        "id":{"type":"string"},"name":{"type":"string"},"role":\(role),\
        "account":{"type":"string","description":"Missing for a token that the command line made."},\
        "created_at":\(time),"expires_at":\(time),"last_used_at":\(time),\
        "token":{"type":"string","description":"The secret; only in the answer to its making."}}}
        """
    private static let nameParameter = Documentation.Parameter(
        "name", "The account's name.", isRequired: true)

    static let signIn = make(
        """
        Failed attempts are counted for a name from an address, for the address, and for the name from addresses \
        that never signed in as it; after too many of them the answer is 429 with Retry-After.
        """,
        taking: """
            {"type":"object","required":["name","password"],"properties":{\
            "name":{"type":"string"},"password":{"type":"string","format":"password"}}}
            """,
        (200, "The account; the cookie is set.", account), (401, "The name or the password is wrong.", nil),
        (429, "Too many attempts.", nil))

    static let signInLink: Documentation = {
        var link = make(
            "What the server prints at its first start, and `holdfast login-link` at any time. It works once.",
            (303, "To the page, with the cookie set.", nil), (400, "The link has no `token`.", nil),
            (401, "Used, expired or unknown.", nil))
        link.parameters = [Documentation.Parameter("token", "What the link ends with.", isRequired: true)]
        return link
    }()

    static let signOut = make(
        "All connections of this sign-in are closed with 4002. Whoever is not signed in gets the same answer.",
        (204, "Signed out.", nil), (409, "You came with a token, which is revoked instead.", nil))

    static let me = make(
        "The account, and what it may do with what it signed in by.",
        (
            200, "You.",
            """
            {"type":"object","required":["account","role","sign_in"],"properties":{\
            "account":{"type":"string"},"role":\(role),"sign_in":{"type":"string"},"expires_at":\(time)}}
            """
        ))

    static let ticket = make(
        """
        For pages that can neither send a cookie nor set a header: open the WebSocket with `?ticket=TICKET`. It \
        works once, for some seconds.
        """,
        (
            201, "The ticket.",
            """
            {"type":"object","required":["ticket","expires_at"],"properties":{\
            "ticket":{"type":"string"},"expires_at":\(time)}}
            """
        ))

    static let accounts = make(
        "Ordered by name.",
        (
            200, "The accounts.",
            #"{"type":"object","required":["accounts"],"properties":{"accounts":{"type":"array","items":\#(account)}}}"#
        ))

    static let newAccount = make(
        "Without a password it signs in by links only.",
        taking: """
            {"type":"object","required":["name","role"],"properties":{\
            "name":{"type":"string","pattern":"^[a-z0-9_@+-][a-z0-9._@+-]{0,63}$"},"role":\(role),\
            "password":{"type":"string","format":"password","minLength":\(Passwords.fewestCharacters)}}}
            """,
        (201, "The account.", account), (409, "There is one of that name.", nil))

    static let accountChange = withName(
        make(
            """
            Admins change anybody; everybody changes their own password, with `current_password` if there is \
            one. A new password signs the account out elsewhere; a lower role ends what is open.
            """,
            taking: """
                {"type":"object","properties":{"role":\(role),\
                "password":{"type":"string","format":"password","minLength":\(Passwords.fewestCharacters)},\
                "current_password":{"type":"string","format":"password"}}}
                """,
            (200, "The account as it is now.", account), (404, "There is no such account.", nil),
            (409, "It is the last admin.", nil)))

    static let accountRemoval = withName(
        make(
            "All that is open with its tokens and sign-ins is closed with 4002.", (204, "Removed.", nil),
            (404, "There is no such account.", nil), (409, "It is the last admin.", nil)))

    static let tokens = make(
        "Never with their secrets.",
        (
            200, "The tokens, the oldest first.",
            #"{"type":"object","required":["tokens"],"properties":{"tokens":{"type":"array","items":\#(token)}}}"#
        ))

    static let newToken = make(
        """
        For `Authorization: Bearer TOKEN`. It may do what `role` may, at most what you may; made with a token, it \
        does not outlive that one.
        """,
        taking: """
            {"type":"object","required":["name"],"properties":{"name":{"type":"string"},"role":\(role),\
            "expires_in":{"type":"integer","minimum":1,"description":"Seconds; by default as configured."}}}
            """,
        (201, "The token, with its secret.", token))

    static let tokenRevocation: Documentation = {
        var revocation = make(
            "All that is open with it is closed with 4002 within a second.", (204, "Revoked.", nil),
            (404, "There is no such token among those that you may see.", nil))
        revocation.parameters = [Documentation.Parameter("id", "The token's id.", isRequired: true)]
        return revocation
    }()

    private static func make(
        _ text: String, taking schema: String? = nil,
        _ responses: (status: UInt16, text: String, schema: String?)...
    ) -> Documentation {
        var documentation = Documentation()
        documentation.text = text
        documentation.requestSchema = schema
        documentation.responses = responses
        if schema != nil { documentation.responses += FeedEndpoints.refusedBodies }
        return documentation
    }

    private static func withName(_ documentation: Documentation) -> Documentation {
        var documentation = documentation
        documentation.parameters = [nameParameter]
        return documentation
    }
}
