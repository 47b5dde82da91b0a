/// A route's path, cut into what must be matched.
///
/// `/api/v1/feeds/{name}`: a segment in braces takes any one segment that is not empty. `{path...}`, which only
/// the end may be, takes all that is left, slashes and all, also nothing.
package struct RoutePattern: Hashable, Sendable {
    package enum Segment: Hashable, Sendable {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    package let segments: [Segment]

    /// Nil for what is no pattern: no slash in front, braces that do not fit, a name given twice.
    package init?(_ path: String) {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts =
            path == "/" ? [] : path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var segments: [Segment] = []
        for (index, part) in parts.enumerated() {
            guard let segment = Self.segment(part) else { return nil }
            if case .rest = segment, index != parts.count - 1 { return nil }
            segments.append(segment)
        }
        self.segments = segments
        guard Set(names).count == names.count else { return nil }
    }

    /// The names in braces, from left to right.
    package var names: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .parameter(let name), .rest(let name): name
            }
        }
    }

    package var takesRest: Bool {
        if case .rest = segments.last { return true }
        return false
    }

    private static func segment(_ part: Substring) -> Segment? {
        guard part.hasPrefix("{"), part.hasSuffix("}") else {
            return part.utf8.contains { "{}".utf8.contains($0) } ? nil : .literal(String(part))
        }
        let takesRest = part.hasSuffix("...}")
        let name = part.dropFirst().dropLast(takesRest ? 4 : 1)
        guard !name.isEmpty, name.utf8.allSatisfy(isNameByte) else { return nil }
        return takesRest ? .rest(String(name)) : .parameter(String(name))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
