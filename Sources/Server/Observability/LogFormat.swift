import JSONCoding
import Loop

/// How a line of the log is written: `key=value` for people, a JSON object for programs.
///
/// Neither ever holds a control character, whatever a peer sent: a line is one line, and a terminal that shows it
/// is not driven by it.
package enum LogFormat: Sendable {
    case text
    case json

    func line(_ level: LogLevel, _ message: String, _ fields: LogFields, at time: Timestamp) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(256)
        switch self {
        case .text: writeText(level, message, fields, time, to: &line)
        case .json: writeJSON(level, message, fields, time, to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func writeText(
        _ level: LogLevel, _ message: String, _ fields: LogFields, _ time: Timestamp, to line: inout [UInt8]
    ) {
        line += "ts=".utf8
        time.writeRFC3339(to: &line)
        line += " level=\(level.name) msg=".utf8
        LogText.quote(message, to: &line)
        for (name, value) in fields.pairs {
            if case .none = value { continue }
            line += " \(name)=".utf8
            if case .text(let text) = value, LogText.isPlain(text) {
                line += text.utf8
            } else {
                write(value, to: &line)
            }
        }
    }

    private func writeJSON(
        _ level: LogLevel, _ message: String, _ fields: LogFields, _ time: Timestamp, to line: inout [UInt8]
    ) {
        line += #"{"ts":""#.utf8
        time.writeRFC3339(to: &line)
        line += #"","level":"\#(level.name)","msg":"#.utf8
        LogText.quote(message, to: &line)
        for (name, value) in fields.pairs {
            if case .none = value { continue }
            line.append(UInt8(ascii: ","))
            LogText.quote(name, to: &line)
            line.append(UInt8(ascii: ":"))
            write(value, to: &line)
        }
        line.append(UInt8(ascii: "}"))
    }

    private func write(_ value: LogValue, to line: inout [UInt8]) {
        switch value {
        case .text(let text): LogText.quote(text, to: &line)
        case .number(let number): line += String(number).utf8
        case .decimal(let number): line += (number.isFinite ? String(number) : "null").utf8
        case .flag(let flag): line += (flag ? "true" : "false").utf8
        case .none: line += "null".utf8
        }
    }
}
