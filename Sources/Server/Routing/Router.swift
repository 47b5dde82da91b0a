package import Wire

/// Finds the route that a request is for. Made once, when the server starts; costs no allocation on a path
/// without parameters or escapes.
package struct Router: Sendable {
    package let routes: [Route]
    private let tree: RouteTree
    private let everyMethod: String

    package init(_ routes: [Route]) throws(RouteConflict) {
        var tree = RouteTree()
        for route in routes { try tree.insert(route) }
        self.tree = tree
        self.routes = routes
        var methods: [HTTPMethod] = []
        for route in routes where !methods.contains(route.method) { methods.append(route.method) }
        if methods.contains(.get), !methods.contains(.head) { methods.append(.head) }
        everyMethod = Self.allow(methods)
    }

    package func match(_ request: HTTPRequestHead) -> RouteMatch {
        match(request.method, request.target)
    }

    package func match(_ method: HTTPMethod, _ target: HTTPTarget) -> RouteMatch {
        if target.form == .asterisk { return .options(allow: everyMethod) }
        if target.form == .authority { return .methodNotAllowed(allow: everyMethod) }
        guard target.path.utf8.first == UInt8(ascii: "/") else { return .notFound }
        switch tree.find(method, target.path) {
        case .end(let end, let values): return .found(end.route, end.parameters(values))
        case .rest(_, _, let methods) where method == .options: return .options(allow: Self.allow(methods))
        // A rest takes whatever nobody else has, so it does not make an address exist: its route knows whether
        // there is something, and refuses the method.
        case .rest(let end, let values, _): return .found(end.route, end.parameters(values))
        case .others(let methods) where methods.isEmpty: return .notFound
        case .others(let methods):
            let allow = Self.allow(methods)
            return method == .options ? .options(allow: allow) : .methodNotAllowed(allow: allow)
        }
    }

    private static func allow(_ methods: [HTTPMethod]) -> String {
        let all = methods.contains(.options) ? methods : methods + [.options]
        return all.map(\.name).sorted().joined(separator: ", ")
    }
}
