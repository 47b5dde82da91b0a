/// What a program says to the server in a line of its own: `::name key=value,key=value::text`, as with GitHub Actions.
package enum OutputCommand: Equatable, Sendable {
    /// `::notice file=a.c,line=3,title=Careful::text`, `::warning::`, `::error::`, `::group::text`, `::endgroup::`
    case message(TaskEvent.Level, String)
    /// `::progress percent=40::text`; in hundredths, from 0 to 100.
    case progress(Double?, String)
    /// `::usage tokens=1200,cost=0.02::`
    case usage([String: Double])
    /// `::add-mask::text`
    case mask(String)
    /// `::state::{"key": "value"}`; where commands come by a way of their own only.
    case state(String)

    /// Where a line comes from.
    package enum Source: Sendable {
        case output
        /// What `$HOLDFAST_EVENTS` leads to.
        case events
    }

    /// So many figures may stand in one line, and so long may their names be.
    private static let mostFigures = 32
    private static let longestName = 64
    /// A sum of a million of these is still a number.
    private static let largestFigure = 1e15

    /// Whether it is worth looking closer at a line.
    @inline(__always)
    static func mayBegin(_ line: UnsafeRawBufferPointer) -> Bool {
        guard line.count >= 4 else { return false }
        return unsafe line[0] == UInt8(ascii: ":") && line[1] == UInt8(ascii: ":") || isBlank(line[0])
    }

    /// Nil when the line is a plain one: also when it looks like a command and is none that is known, or is wrong.
    package init?(_ line: UnsafeRawBufferPointer, from source: Source) {
        guard unsafe Self.mayBegin(line) else { return nil }
        guard let start = unsafe line.firstIndex(where: { !Self.isBlank($0) }),
            unsafe line[start...].starts(with: "::".utf8)
        else { return nil }
        self.init(unsafe String(decoding: line[start...], as: UTF8.self), from: source)
    }

    package init?(_ line: String, from source: Source) {
        let bytes = line.utf8.dropFirst(2)
        guard line.utf8.starts(with: "::".utf8), let end = Self.colons(in: bytes) else { return nil }
        let head = bytes[..<end]
        let text = Self.unescaped(bytes[bytes.index(end, offsetBy: 2)...])
        let nameEnd = head.firstIndex(where: Self.isBlank) ?? head.endIndex
        let name = String(Substring(head[..<nameEnd])).lowercased()
        let values = CommandProperties(head[nameEnd...])
        switch name {
        case "notice": self = .message(.notice, values.place + text)
        case "warning": self = .message(.warning, values.place + text)
        case "error": self = .message(.error, values.place + text)
        case "group": self = .message(.group, text)
        case "endgroup": self = .message(.endGroup, text)
        case "add-mask": self = .mask(text)
        case "progress":
            guard let share = values["percent"] else {
                self = .progress(nil, text)
                return
            }
            guard let percent = Double(share.hasSuffix("%") ? share.dropLast() : share[...]), percent.isFinite
            else { return nil }
            self = .progress(min(max(percent, 0), 100), text)
        case "usage":
            guard let figures = Self.figures(values) else { return nil }
            self = .usage(figures)
        case "state" where source == .events: self = .state(text)
        default: return nil
        }
    }

    private static func figures(_ values: CommandProperties) -> [String: Double]? {
        guard !values.pairs.isEmpty, values.pairs.count <= mostFigures else { return nil }
        var figures: [String: Double] = [:]
        for (name, text) in values.pairs {
            guard let number = Double(text), (0...largestFigure).contains(number), isName(name) else {
                return nil
            }
            figures[name] = number
        }
        return figures
    }

    /// A name that a figure may have: letters, digits, `_`, `-` and `.`.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= longestName
            && name.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || "_-.".unicodeScalars.contains($0))
            }
    }

    private static func colons(in bytes: Substring.UTF8View) -> String.Index? {
        var previous: String.Index?
        for index in bytes.indices {
            if let previous, bytes[index] == UInt8(ascii: ":"), bytes[previous] == UInt8(ascii: ":") {
                return previous
            }
            previous = index
        }
        return nil
    }

    private static func unescaped(_ text: Substring.UTF8View) -> String {
        CommandEscapes.undo(text, [.percent, .carriageReturn, .newline])
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
