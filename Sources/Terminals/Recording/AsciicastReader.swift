import Wire

/// Reads a recording in asciicast v2 as its bytes come, however they are cut.
package struct AsciicastReader: Sendable {
    /// Longer than any that a program writes.
    private static let longestLine = 16 << 20

    /// There when the first line is.
    package private(set) var header: AsciicastHeader?
    private var unread: [UInt8] = []
    private var line = 0

    package init() {}

    /// The events whose lines are whole by now.
    package mutating func read(_ bytes: some Collection<UInt8>) throws(AsciicastError) -> [AsciicastEvent] {
        let newline = UInt8(ascii: "\n")
        var events: [AsciicastEvent] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: newline) {
            unread += rest[..<end]
            rest = rest[rest.index(after: end)...]
            try take(&events)
        }
        unread += rest
        guard unread.count <= Self.longestLine else {
            throw AsciicastError(line + 1, "it is longer than any line of a recording")
        }
        return events
    }

    /// What stands behind the last line's end; nothing where that line is cut, as a recorder leaves it that was killed.
    package mutating func finish() throws(AsciicastError) -> [AsciicastEvent] {
        var events: [AsciicastEvent] = []
        var json = unread
        let isCut = (try? JSONValidator.minify(&json)) == nil
        if header == nil && !unread.isEmpty || !isCut { try take(&events) }
        guard header != nil else { throw AsciicastError(1, "there is nothing in it") }
        return events
    }

    private mutating func take(_ events: inout [AsciicastEvent]) throws(AsciicastError) {
        line += 1
        var json = unread
        unread.removeAll(keepingCapacity: true)
        if json.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { return }
        try Self.minify(&json, line)
        if header == nil {
            header = try Self.header(json, line)
        } else {
            events.append(try Self.event(json, line))
        }
    }

    // MARK: Lines

    /// The event that a line tells of; nil where it is none.
    static func event(_ line: some Collection<UInt8>) -> AsciicastEvent? {
        var json = Array(line)
        do throws(AsciicastError) {
            try minify(&json, 0)
            return try event(json, 0)
        } catch {
            return nil
        }
    }

    private static func minify(_ json: inout [UInt8], _ line: Int) throws(AsciicastError) {
        do throws(JSONError) {
            try JSONValidator.minify(&json)
        } catch {
            throw AsciicastError(line, "it is no JSON: \(error)")
        }
    }

    private static func header(_ json: [UInt8], _ line: Int) throws(AsciicastError) -> AsciicastHeader {
        guard let object = JSONObject(minified: json), object.number("version") != nil else {
            throw AsciicastError(line, "a recording begins with an object that has a version")
        }
        guard object.number("version") == 2 else {
            throw AsciicastError(line, "only version 2 of asciicast is read here")
        }
        guard let columns = object.number("width").flatMap(Int.init(exactly:)),
            let rows = object.number("height").flatMap(Int.init(exactly:))
        else { throw AsciicastError(line, "width and height are missing") }
        var header = AsciicastHeader(columns: columns, rows: rows)
        header.timestamp = object["timestamp"].flatMap { Double(String(decoding: $0, as: UTF8.self)) }
            .flatMap { Int64(exactly: $0.rounded(.down)) }
        header.title = object.text("title")
        header.command = object.text("command")
        header.idleLimit = object["idle_time_limit"].flatMap(duration)
        if let variables = object["env"].flatMap({ JSONObject(minified: Array($0)) }) {
            for name in variables.keys { header.environment[name] = variables.text(name) }
        }
        return header
    }

    private static func event(_ json: [UInt8], _ line: Int) throws(AsciicastError) -> AsciicastEvent {
        let wrong = AsciicastError(line, "an event is `[seconds, \"kind\", \"text\"]`")
        guard json.first == UInt8(ascii: "["), let comma = json.firstIndex(of: UInt8(ascii: ",")),
            let time = duration(json[1..<comma])
        else { throw wrong }
        var rest = json[(comma + 1)...].dropLast()
        guard let kind = string(&rest), rest.first == UInt8(ascii: ",") else { throw wrong }
        rest = rest.dropFirst()
        guard let text = string(&rest), rest.isEmpty else { throw wrong }
        switch kind {
        case "o": return AsciicastEvent(at: time, .output(text))
        case "i": return AsciicastEvent(at: time, .input(text))
        case "r":
            let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            guard sides.count == 2, let columns = sides[0], let rows = sides[1] else {
                throw AsciicastError(line, "a new size is written `80x24`")
            }
            return AsciicastEvent(at: time, .resize(columns: columns, rows: rows))
        case "p": return AsciicastEvent(at: time, UInt64(text).map { .place($0) } ?? .other(kind, text))
        default: return AsciicastEvent(at: time, .other(kind, text))
        }
    }

    /// The string at the beginning of what the validator has passed.
    private static func string(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        var end = rest.startIndex + 1
        while rest[end] != UInt8(ascii: "\"") { end += rest[end] == UInt8(ascii: "\\") ? 2 : 1 }
        defer { rest = rest[(end + 1)...] }
        return JSONText.unquote(rest[...end])
    }

    /// Seconds, as far as a recording can be long.
    private static func duration(_ json: ArraySlice<UInt8>) -> Duration? {
        guard let seconds = Double(String(decoding: json, as: UTF8.self)), (0...1e9).contains(seconds) else {
            return nil
        }
        return .microseconds(Int64((seconds * 1e6).rounded()))
    }
}
