package import Loop
package import Transport
package import Wire

/// One thing that can be asked of the server: what dispatches, what documents itself, and what the routes
/// feed and the OpenAPI document are made from.
package struct Route: Sendable {
    package typealias Handler = @Sendable (Call, isolated EventLoop) async throws(HTTPError) -> Response

    package enum Kind: Sendable {
        case resource
        /// A WebSocket; a refusal is told in the way its asker can read (see `Refusal`).
        case webSocket
    }

    package let method: HTTPMethod
    /// `/api/v1/feeds/{name}`: a segment in braces matches any one segment.
    package let path: String
    package let summary: String
    package let kind: Kind
    package let access: Access
    package let documentation: Documentation
    package let handler: Handler

    package init(
        _ method: HTTPMethod, _ path: String, _ summary: String, kind: Kind = .resource, access: Access,
        documentation: Documentation = Documentation(), handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.kind = kind
        self.access = access
        self.documentation = documentation
        self.handler = handler
    }
}

/// Who may use a route.
package enum Access: Equatable, Sendable {
    case anyone
    /// The route judges by itself: what a request shows is shown to it, and is no token of an account.
    case signed
    /// An account with at least this role.
    case atLeast(Role)
}

/// What an account may do; each role may do what those before it may.
package enum Role: String, Codable, CaseIterable, Comparable, Sendable {
    /// Sees.
    case viewer
    /// Starts, stops, publishes.
    case operators = "operator"
    /// Manages accounts, tokens and everybody's sessions.
    case admin

    package static func < (left: Role, right: Role) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}
