import Configuration
import Wire

/// What a query may say: a parameter that a route does not know would be a filter that does not filter.
extension Route {
    /// A ticket tells who asks, on whichever route (`Authenticator`).
    private static let known = ["ticket"]

    /// The parameters of its query, as it documents them; nil where it takes any: pages and files, whose addresses
    /// others put something behind, and what judges its askers by itself, whose senders' addresses are theirs.
    var queryNames: [String]? {
        guard path.hasPrefix("/api/"), access != .signed else { return nil }
        let inPath = RoutePattern(path)?.names ?? []
        return documentation.parameters.filter { $0.place == .query && !inPath.contains($0.name) }.map(\.name)
    }

    /// Refuses a query that says what the route does not know, or something twice: one of the two would not hold.
    func check(_ query: HTTPQuery) throws(HTTPError) {
        guard let names = queryNames else { return }
        var said: Set<String> = []
        let again = query.parameters.first { !said.insert($0.name).inserted && isKnown($0.name, names) }
        if let again {
            throw HTTPError(
                .badRequest, "The parameter `\(again.name)` is there more than once: say it once.")
        }
        let unknown = query.parameters.first { !isKnown($0.name, names) }
        guard let unknown else { return }
        // A secret may have come to stand there.
        let name = SecretShape.masked(String(unknown.name.prefix(100)))
        let meant = Suggestion.phrase(for: name, among: names)
        let all = names.isEmpty ? "none" : names.map { "`\($0)`" }.joined(separator: ", ")
        throw HTTPError(
            .badRequest,
            "There is no parameter `\(name)` here\(meant.isEmpty ? "." : meant) The query takes \(all).")
    }

    private func isKnown(_ name: String, _ names: [String]) -> Bool {
        names.contains(name) || Self.known.contains(name)
    }
}
