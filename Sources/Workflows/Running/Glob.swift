/// A pattern of paths below a folder: `*` and `?` stand for what is within a name, `**` for any number of folders.
///
/// As in a shell they stand for no name that begins with a dot, unless the pattern's does. A pattern without such
/// signs also means all that is below the folder of that name.
package struct Glob: Equatable, Sendable {
    private let names: [[UInt8]]

    /// Nil for what leads out of the folder: an absolute path, or one with `..` in it.
    package init?(_ pattern: String) {
        guard !pattern.hasPrefix("/"), !pattern.utf8.contains(0) else { return nil }
        var names = pattern.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
        names.removeAll { $0 == Array(".".utf8) }
        guard !names.isEmpty, !names.contains(Array("..".utf8)) else { return nil }
        if !names.contains(where: Self.isWild) || pattern.hasSuffix("/") { names.append(Self.anyFolders) }
        self.names = names
    }

    package func matches(_ path: String) -> Bool {
        let path = Self.parts(path)
        // What is said without any sign is the file itself, too.
        if names.last == Self.anyFolders, Self.matches(names.dropLast(), path[...]) { return true }
        return Self.matches(names[...], path[...])
    }

    /// Whether something below the folder `path` may match.
    func mayMatch(below path: String) -> Bool { Self.mayMatch(names[...], Self.parts(path)[...]) }

    private static let anyFolders = Array("**".utf8)

    private static func parts(_ path: String) -> [[UInt8]] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
    }

    private static func isWild(_ name: [UInt8]) -> Bool {
        name.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    /// The places in `names` at which the next name of a path may stand, found name by name: a pattern with many `**`
    /// takes no longer than its length times that of the path.
    private static func places(_ names: ArraySlice<[UInt8]>, behind path: ArraySlice<[UInt8]>) -> Set<Int> {
        var places = opened([names.startIndex], names)
        for part in path {
            var next = Set<Int>()
            for place in places where place < names.endIndex {
                if names[place] == anyFolders {
                    if part.first != UInt8(ascii: ".") { next.insert(place) }
                } else if fits(part, names[place]) {
                    next.insert(place + 1)
                }
            }
            places = opened(next, names)
        }
        return places
    }

    /// `**` may also stand for nothing.
    private static func opened(_ places: Set<Int>, _ names: ArraySlice<[UInt8]>) -> Set<Int> {
        var opened = places
        for place in places {
            var next = place
            while next < names.endIndex, names[next] == anyFolders {
                next += 1
                opened.insert(next)
            }
        }
        return opened
    }

    private static func matches(_ names: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
        places(names, behind: path).contains(names.endIndex)
    }

    private static func mayMatch(_ names: ArraySlice<[UInt8]>, _ path: ArraySlice<[UInt8]>) -> Bool {
        places(names, behind: path).contains { $0 < names.endIndex }
    }

    /// Whether one name fits one pattern; goes back to the last `*` only, so never for long.
    private static func fits(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        if name.first == UInt8(ascii: "."), pattern.first != UInt8(ascii: ".") { return false }
        var (at, place) = (0, 0)
        var star: (place: Int, at: Int)?
        while at < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, at)
                place += 1
            } else if place < pattern.count, pattern[place] == name[at] || pattern[place] == UInt8(ascii: "?")
            {
                place += 1
                at += 1
            } else if let last = star {
                star = (last.place, last.at + 1)
                (place, at) = (last.place + 1, last.at + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
