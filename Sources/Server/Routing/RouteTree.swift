import Wire

/// The routes by their segments: each node is what has been matched so far.
///
/// A literal goes before a parameter, and a parameter before a rest; where the more particular place does not
/// know the method, the next is tried.
struct RouteTree: Sendable {
    private struct Node: Sendable {
        var literals: [Substring: Int] = [:]
        var parameter: Int?
        var rest: Int?
        var ends: [End] = []
    }

    /// A route whose pattern ends at a node.
    struct End: Sendable {
        let route: Route
        let names: [String]

        func parameters(_ values: [String]) -> PathParameters { PathParameters(names: names, values: values) }
    }

    /// What is being looked for, and what has been come by so far.
    private struct Search {
        let method: HTTPMethod
        let path: Substring.UTF8View
        var values: [String] = []
        var met: [HTTPMethod] = []
        /// The first rest that would take it by another method, and what it would take.
        var rest: (end: End, values: [String])?
        var metRest: [HTTPMethod] = []
    }

    enum Finding {
        case end(End, values: [String])
        /// No route for the method; those that there are.
        case others([HTTPMethod])
        /// There is only a rest, whose routes are of other methods.
        case rest(End, values: [String], [HTTPMethod])
    }

    private var nodes = [Node()]

    mutating func insert(_ route: Route) throws(RouteConflict) {
        guard let pattern = RoutePattern(route.path) else { throw .notAPattern(path: route.path) }
        var place = 0
        for segment in pattern.segments { place = child(of: place, segment) }
        if let other = nodes[place].ends.first(where: { $0.route.method == route.method }) {
            throw .taken(method: route.method, path: route.path, by: other.route.path)
        }
        nodes[place].ends.append(End(route: route, names: pattern.names))
    }

    func find(_ method: HTTPMethod, _ path: String) -> Finding {
        var search = Search(method: method, path: path[...].utf8)
        if let end = find(from: 0, at: path.utf8.startIndex, &search) {
            return .end(end, values: search.values)
        }
        if search.met.isEmpty, let rest = search.rest {
            return .rest(rest.end, values: rest.values, search.metRest)
        }
        return .others(search.met)
    }

    private mutating func child(of place: Int, _ segment: RoutePattern.Segment) -> Int {
        let known =
            switch segment {
            case .literal(let text): nodes[place].literals[text[...]]
            case .parameter: nodes[place].parameter
            case .rest: nodes[place].rest
            }
        if let known { return known }
        let new = nodes.count
        nodes.append(Node())
        switch segment {
        case .literal(let text): nodes[place].literals[text[...]] = new
        case .parameter: nodes[place].parameter = new
        case .rest: nodes[place].rest = new
        }
        return new
    }

    /// `index` is where the slash before the next segment is, or the path's end.
    private func find(from place: Int, at index: String.Index, _ search: inout Search) -> End? {
        let node = nodes[place]
        let start = search.path.index(index, offsetBy: 1, limitedBy: search.path.endIndex) ?? index
        // The root has no segment, though it is written with a slash.
        if index == search.path.endIndex || (place == 0 && start == search.path.endIndex) {
            if let end = take(node.ends, &search.met, search.method) { return end }
        } else {
            let end = search.path[start...].firstIndex(of: UInt8(ascii: "/")) ?? search.path.endIndex
            let segment = Self.unescaped(Substring(search.path[start..<end]))
            if let next = node.literals[segment], let end = find(from: next, at: end, &search) { return end }
            if let next = node.parameter, !segment.isEmpty {
                search.values.append(String(segment))
                if let end = find(from: next, at: end, &search) { return end }
                search.values.removeLast()
            }
        }
        guard let rest = node.rest else { return nil }
        let left = String(Self.unescaped(Substring(search.path[start...])))
        guard let end = take(nodes[rest].ends, &search.metRest, search.method) else {
            if search.rest == nil, let end = nodes[rest].ends.first {
                search.rest = (end, search.values + [left])
            }
            return nil
        }
        search.values.append(left)
        return end
    }

    private func take(_ ends: [End], _ met: inout [HTTPMethod], _ method: HTTPMethod) -> End? {
        for end in ends {
            let asked = end.route.method
            if asked == method || (method == .head && asked == .get && end.route.kind == .resource) {
                return end
            }
            if !met.contains(asked) { met.append(asked) }
            if asked == .get, end.route.kind == .resource, !met.contains(.head) { met.append(.head) }
        }
        return nil
    }

    private static func unescaped(_ segment: Substring) -> Substring {
        guard segment.utf8.contains(UInt8(ascii: "%")) else { return segment }
        // A target that was read has only escapes that are UTF-8.
        return String(decoding: PercentEncoding.decode(segment) ?? [], as: UTF8.self)[...]
    }
}
