import Glibc
package import Loop

/// A time zone: how far the clocks of a place are from Greenwich, and when that changes.
///
/// Read from the system's time zone files (RFC 9636), since FoundationEssentials know no zone by its name without ICU.
/// Times behind the last change that a file lists follow the rule at its end.
package struct Zone: Equatable, Sendable {
    /// Clocks are put forward or back.
    struct Change: Equatable, Sendable {
        /// Seconds since 1970.
        let at: Int64
        /// Seconds east of Greenwich, until then and from then on.
        let before: Int64
        let after: Int64
    }

    static let folder = "/usr/share/zoneinfo"
    /// No clock was ever this far from another's time.
    private static let reach: Int64 = 2 * 86_400
    private static let largestFile = 1 << 20

    package let name: String
    let changes: [Change]
    /// What holds before the first change, and always where there is none.
    let standard: Int64
    /// What holds after the last of `changes`.
    let rule: ZoneRule?

    package static let utc = Zone(name: "UTC", changes: [], standard: 0, rule: nil)

    init(name: String, changes: [Change], standard: Int64, rule: ZoneRule?) {
        self.name = name
        self.changes = changes
        self.standard = standard
        self.rule = rule
    }

    /// Reads a file, so it blocks.
    package init(named name: String) throws(ZoneError) {
        if name == "UTC" {
            self = .utc
            return
        }
        let letters = name.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "+"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        guard letters, !name.isEmpty, name.utf8.count <= 100, !name.hasPrefix("/") else {
            throw .badName(name)
        }
        guard let bytes = Self.contents(of: "\(Self.folder)/\(name)") else { throw .unknown(name) }
        guard var reader = ZoneFileReader(bytes), let zone = reader.zone(named: name) else {
            throw .damaged(name)
        }
        self = zone
    }

    /// Seconds east of Greenwich, at a time in seconds since 1970.
    func offset(at time: Int64) -> Int64 {
        if let rule, time >= changes.last?.at ?? .min { return rule.offset(at: time) }
        // The last change that is not after it.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? standard : changes[low - 1].after
    }

    /// What the clocks show.
    package func civil(at time: Timestamp) -> CivilTime {
        let seconds = time.secondsDown
        return CivilTime(seconds: seconds + offset(at: seconds))
    }

    /// When the clocks show it. A time that comes twice is the first of the two; one that is left out is the first
    /// moment after the gap.
    package func time(of civil: CivilTime) -> Timestamp {
        let wall = civil.seconds
        let near = changes(from: wall - Self.reach, to: wall + Self.reach)
        let first = near.first?.before ?? offset(at: wall)
        let offsets = [first] + near.map(\.after)
        let times = offsets.map { wall - $0 }.filter { $0 + offset(at: $0) == wall }
        let gap = near.first { $0.at + $0.before <= wall && wall < $0.at + $0.after }
        return Timestamp(milliseconds: (times.min() ?? gap?.at ?? wall - first) * 1000)
    }

    private func changes(from start: Int64, to end: Int64) -> [Change] {
        var found = changes.filter { (start...end).contains($0.at) }
        if let rule, end > changes.last?.at ?? .min {
            found += rule.changes(from: max(start, (changes.last?.at ?? .min + 1) + 1), to: end)
        }
        return found
    }

    private static func contents(of path: String) -> [UInt8]? {
        guard let file = unsafe fopen(path, "re") else { return nil }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var all: [UInt8] = []
        while all.count < largestFile {
            let count = unsafe fread(&bytes, 1, bytes.count, file)
            guard count > 0 else { break }
            all += bytes[..<count]
        }
        return all.isEmpty ? nil : all
    }
}

extension Timestamp {
    /// Whole seconds, rounded down also before 1970.
    var secondsDown: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }
}
