/// Reads a time zone file (RFC 9636): the list of changes in its 64-bit part, or in its only part where it is of the
/// first version, and the rule in its footer.
struct ZoneFileReader {
    private let bytes: [UInt8]
    private var position = 0

    private struct Head {
        var version: UInt8
        var utMarks: Int
        var standardMarks: Int
        var leaps: Int
        var changes: Int
        var types: Int
        var letters: Int

        func size(of time: Int) -> Int {
            changes * (time + 1) + types * 6 + letters + leaps * (time + 4) + standardMarks + utMarks
        }
    }

    /// Nil where it is no such file.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.count >= 44, bytes.starts(with: Array("TZif".utf8)) else { return nil }
    }

    mutating func zone(named name: String) -> Zone? {
        guard var head = readHead() else { return nil }
        var size = 4
        if head.version >= UInt8(ascii: "2") {
            position += head.size(of: 4)
            guard let second = readHead() else { return nil }
            (head, size) = (second, 8)
        }
        guard position + head.size(of: size) <= bytes.count, head.types > 0 else { return nil }
        let end = position + head.size(of: size)
        let times = (0..<head.changes).map { _ in readNumber(size) }
        let kinds = (0..<head.changes).map { _ in Int(readNumber(1) & 0xFF) }
        let offsets = (0..<head.types).map { _ in
            let offset = readNumber(4)
            position += 2
            return offset
        }
        guard kinds.allSatisfy(offsets.indices.contains), zip(times, times.dropFirst()).allSatisfy(<) else {
            return nil
        }
        var changes: [Zone.Change] = []
        var before = offsets[0]
        for (time, kind) in zip(times, kinds) {
            changes.append(Zone.Change(at: time, before: before, after: offsets[kind]))
            before = offsets[kind]
        }
        guard size == 8 else { return Zone(name: name, changes: changes, standard: offsets[0], rule: nil) }
        position = end
        guard let footer = readFooter() else { return nil }
        if footer.isEmpty { return Zone(name: name, changes: changes, standard: offsets[0], rule: nil) }
        guard let rule = ZoneRule(footer) else { return nil }
        return Zone(name: name, changes: changes, standard: offsets[0], rule: rule)
    }

    private mutating func readHead() -> Head? {
        guard position + 44 <= bytes.count, bytes[position...].starts(with: Array("TZif".utf8)) else {
            return nil
        }
        let version = bytes[position + 4]
        position += 20
        let counts = (0..<6).map { _ in Int(readNumber(4)) }
        guard counts.allSatisfy({ (0...1 << 20).contains($0) }) else { return nil }
        return Head(
            version: version, utMarks: counts[0], standardMarks: counts[1], leaps: counts[2],
            changes: counts[3], types: counts[4], letters: counts[5])
    }

    /// A big-endian number with a sign; whoever calls has seen that it is there.
    private mutating func readNumber(_ size: Int) -> Int64 {
        defer { position += size }
        var value: Int64 = bytes[position] >= 0x80 ? -1 : 0
        for byte in bytes[position..<position + size] { value = value << 8 | Int64(byte) }
        return value
    }

    /// The text between two line feeds.
    private func readFooter() -> String? {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\n") else { return nil }
        let text = bytes[(position + 1)...].prefix { $0 != UInt8(ascii: "\n") }
        guard text.endIndex < bytes.count else { return nil }
        return String(decoding: text, as: UTF8.self)
    }
}
