/// Reads what a phase says its outputs are: lines `key=value`, or, for a value of several lines, `key<<END`, the lines,
/// and `END` alone in a line, as with GitHub Actions. The last word on a key holds.
enum OutputEntries {
    static let most = 1_000

    static func parse(_ bytes: [UInt8]) throws(LeavingMistake) -> [String: String] {
        var entries: [String: String] = [:]
        var lines = Lines(bytes)
        while let line = lines.next() {
            if line.text.isEmpty { continue }
            let equals = line.text.firstIndex(of: UInt8(ascii: "="))
            let arrows = arrows(in: line.text)
            let key: String
            if let arrows, equals.map({ arrows < $0 }) ?? true {
                key = trimmed(line.text[..<arrows])
                let mark = line.text[(arrows + 2)...]
                guard !mark.isEmpty else {
                    throw LeavingMistake("line \(line.number) of $HOLDFAST_OUTPUT has no word behind `<<`")
                }
                entries[key] = try block(until: mark, from: line.number, &lines)
            } else if let equals {
                key = trimmed(line.text[..<equals])
                entries[key] = String(decoding: line.text[(equals + 1)...], as: UTF8.self)
            } else {
                throw LeavingMistake(
                    "line \(line.number) of $HOLDFAST_OUTPUT is neither `key=value` nor `key<<END`")
            }
            guard !key.isEmpty else {
                throw LeavingMistake("line \(line.number) of $HOLDFAST_OUTPUT has no key")
            }
            guard entries.count <= most else {
                throw LeavingMistake("$HOLDFAST_OUTPUT has more than \(most) keys")
            }
        }
        return entries
    }

    private static func block(
        until mark: ArraySlice<UInt8>, from number: Int, _ lines: inout Lines
    ) throws(LeavingMistake) -> String {
        var value: [UInt8]?
        while let line = lines.next() {
            if line.text == mark { return String(decoding: value ?? [], as: UTF8.self) }
            value = value.map { $0 + [UInt8(ascii: "\n")] + line.text } ?? Array(line.text)
        }
        throw LeavingMistake(
            "the value that begins in line \(number) of $HOLDFAST_OUTPUT has no end: "
                + "`\(String(decoding: mark, as: UTF8.self))`, alone in a line")
    }

    private static func arrows(in line: ArraySlice<UInt8>) -> Int? {
        line.indices.dropLast().first { line[$0] == UInt8(ascii: "<") && line[$0 + 1] == UInt8(ascii: "<") }
    }

    private static func trimmed(_ key: ArraySlice<UInt8>) -> String {
        let end = key.lastIndex { !OutputCommand.isBlank($0) }.map { $0 + 1 } ?? key.startIndex
        return String(decoding: key[..<end].drop(while: OutputCommand.isBlank), as: UTF8.self)
    }

    /// Lines, each with its number.
    private struct Lines {
        private var rest: ArraySlice<UInt8>
        private var number = 0

        init(_ bytes: [UInt8]) { rest = bytes[...] }

        mutating func next() -> (text: ArraySlice<UInt8>, number: Int)? {
            guard !rest.isEmpty else { return nil }
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            var text = rest[..<end]
            if text.last == UInt8(ascii: "\r") { text.removeLast() }
            rest = rest[min(end + 1, rest.endIndex)...]
            number += 1
            return (text, number)
        }
    }
}
