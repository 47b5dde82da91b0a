import Wire

/// Writes a recording as asciicast v2, which asciinema plays: each call adds the lines that are whole by now.
///
/// Nothing that was typed is written unless `recordsInput` says so. Times never go back.
package struct AsciicastWriter: Sendable {
    private let recordsInput: Bool
    private var output = TextPieces()
    private var input = TextPieces()
    private var last = Duration.zero

    /// Begins by the header's line.
    package init(_ header: AsciicastHeader, recordsInput: Bool = false, to lines: inout [UInt8]) {
        self.recordsInput = recordsInput
        lines += header.json.utf8
        lines.append(UInt8(ascii: "\n"))
    }

    /// Goes on with a recording that has its header, and whose last event was at `time`.
    package init(continuingAt time: Duration, recordsInput: Bool = false) {
        last = time
        self.recordsInput = recordsInput
    }

    /// What is to be known of this place, which players show as a mark. A character that was cut here stays cut.
    package mutating func remark(_ text: String, at time: Duration, to lines: inout [UInt8]) {
        add("o", output.finish(), at: time, to: &lines)
        add("m", text, at: time, to: &lines)
    }

    /// The terminal has said so many bytes by now. All of them are in the recording but the beginning of a character
    /// that waits for its rest: it comes behind this place, and so does not count. Players pass over kinds of events
    /// that they do not know.
    package mutating func place(_ count: UInt64, to lines: inout [UInt8]) {
        add("p", "\(count - UInt64(output.waiting))", at: last, to: &lines)
    }

    /// What the terminal said.
    package mutating func output(
        _ bytes: some Collection<UInt8>, at time: Duration, to lines: inout [UInt8]
    ) {
        add("o", output.take(bytes), at: time, to: &lines)
    }

    /// What was typed.
    package mutating func input(
        _ bytes: some Collection<UInt8>, at time: Duration, to lines: inout [UInt8]
    ) {
        guard recordsInput else { return }
        add("i", input.take(bytes), at: time, to: &lines)
    }

    package mutating func resize(columns: Int, rows: Int, at time: Duration, to lines: inout [UInt8]) {
        add("r", "\(columns)x\(rows)", at: time, to: &lines)
    }

    /// What is held back, as nothing more comes.
    package mutating func finish(at time: Duration, to lines: inout [UInt8]) {
        add("o", output.finish(), at: time, to: &lines)
        add("i", input.finish(), at: time, to: &lines)
    }

    private mutating func add(_ kind: String, _ text: String, at time: Duration, to lines: inout [UInt8]) {
        guard !text.isEmpty else { return }
        last = max(last, time)
        lines += "[\(last.decimalSeconds), \"\(kind)\", ".utf8
        JSONText.quote(text, to: &lines)
        lines += "]\n".utf8
    }
}

extension AsciicastHeader {
    fileprivate var json: String {
        var members = ["\"version\": 2", "\"width\": \(columns)", "\"height\": \(rows)"]
        if let timestamp { members.append("\"timestamp\": \(timestamp)") }
        if let idleLimit { members.append("\"idle_time_limit\": \(idleLimit.decimalSeconds)") }
        if let command { members.append("\"command\": \(JSONText.quoted(command))") }
        if let title { members.append("\"title\": \(JSONText.quoted(title))") }
        if !environment.isEmpty {
            let variables = environment.sorted { $0.key < $1.key }.map { name, value in
                "\(JSONText.quoted(name)): \(JSONText.quoted(value))"
            }
            members.append("\"env\": {\(variables.joined(separator: ", "))}")
        }
        return "{\(members.joined(separator: ", "))}"
    }
}

extension Duration {
    /// `12.000345`: seconds to the microsecond, as JSON has numbers.
    fileprivate var decimalSeconds: String {
        let (seconds, attoseconds) = components
        let micros = String(attoseconds / 1_000_000_000_000)
        return "\(seconds)." + String(repeating: "0", count: 6 - micros.count) + micros
    }
}
