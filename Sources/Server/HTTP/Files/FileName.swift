import Wire

/// Which file of a folder a request means.
struct FileName: Hashable, Sendable {
    /// Relative to the folder; never empty, never leads out by itself.
    let path: String
    /// The request named a folder, by a slash at its end, and means its index.
    let isIndex: Bool

    /// Nil for what is never served: hidden files, and names that hold a slash of their own.
    init?(_ target: HTTPTarget) {
        var segments = target.segments
        isIndex = segments.isEmpty || segments.last == ""
        if isIndex {
            if !segments.isEmpty { segments.removeLast() }
            segments.append("index.html")
        }
        guard segments.allSatisfy(Self.isServed) else { return nil }
        path = segments.joined(separator: "/")
    }

    /// Whether the name holds a hash of what is in the file, as bundlers put it there (`app-3f9a1c2e.js`): then
    /// another content has another name.
    var isHashed: Bool {
        let name = path.split(separator: "/").last ?? ""
        let stem = name.split(separator: ".").dropLast().joined(separator: ".")
        guard let mark = stem.lastIndex(where: { $0 == "." || $0 == "-" }) else { return false }
        let hash = stem[stem.index(after: mark)...].utf8
        let digits = hash.count { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        let small = hash.count { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f") }
        let large = hash.count { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
        // A date has no letters, and a word no digits.
        return hash.count >= 8 && digits > 0 && digits < hash.count
            && (digits + small == hash.count || digits + large == hash.count)
    }

    private static func isServed(_ segment: String) -> Bool {
        guard let first = segment.utf8.first else { return false }
        return first != UInt8(ascii: ".")
            && !segment.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 || $0 == UInt8(ascii: "\\") }
    }
}
