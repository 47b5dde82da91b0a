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
        guard target.path.utf8.first == UInt8(ascii: "/") else { return .notFound }
        switch tree.find(method, target.path) {
        case .end(let end, let values):
            return .found(end.route, PathParameters(names: end.names, values: values))
        case .others(let methods, let areRest):
            if methods.isEmpty { return .notFound }
            if method == .options { return .options(allow: Self.allow(methods)) }
            // A rest takes whatever nobody else has, so it does not make an address exist.
            return areRest ? .notFound : .methodNotAllowed(allow: Self.allow(methods))
        }
    }

    private static func allow(_ methods: [HTTPMethod]) -> String {
        let all = methods.contains(.options) ? methods : methods + [.options]
        return all.map(\.name).sorted().joined(separator: ", ")
    }
}
