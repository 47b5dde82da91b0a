package import Transport
import Wire

/// What the router found for a request.
package enum RouteMatch {
    case found(Route, PathParameters)
    /// Somebody asks what can be asked there.
    case options(allow: String)
    case methodNotAllowed(allow: String)
    case notFound

    /// The answer where no handler is needed for it; nil when a route was found.
    package func answer(to request: Request) -> Response? {
        switch self {
        case .found: nil
        case .options(let allow): Response(.noContent, headers: [.allow: allow])
        case .methodNotAllowed(let allow): .methodNotAllowed(request, allow: allow)
        case .notFound:
            .problem(
                HTTPError(.notFound, "There is nothing at \(request.head.target.path)."), id: request.id)
        }
    }
}

extension Response {
    /// 405: what is there takes other methods.
    static func methodNotAllowed(_ request: Request, allow: String) -> Response {
        let error = HTTPError(
            .methodNotAllowed,
            "\(request.head.method) cannot be done here; \(allow.isEmpty ? "nothing" : allow) can.")
        return .problem(error, id: request.id, headers: [.allow: allow])
    }
}
