package import Wire

/// Two routes that would answer the same request, or a path that is no pattern: found when the server starts.
package enum RouteConflict: Error, Equatable, CustomStringConvertible {
    case notAPattern(path: String)
    case taken(method: HTTPMethod, path: String, by: String)

    package var description: String {
        switch self {
        case .notAPattern(let path):
            "The route \(path) cannot be: a path begins with a slash, and what is in braces has a name of its own."
        case .taken(let method, let path, let other):
            "\(method) \(path) and \(method) \(other) would answer the same requests."
        }
    }
}
