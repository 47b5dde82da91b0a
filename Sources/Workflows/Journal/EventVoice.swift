import Wire

/// Who says a line and how: a stream, a level and a phase, put into words once for all lines of that kind.
package struct EventVoice: Sendable {
    /// From the end of the time to the text's opening quote.
    let opening: [UInt8]

    package init(_ stream: TaskEvent.Stream, _ level: TaskEvent.Level = .output, phase: String?) {
        var bytes = Array(
            "\",\"data\":{\"stream\":\"\(stream.rawValue)\",\"level\":\"\(level.rawValue)\"".utf8)
        bytes += ",\"phase\":".utf8
        if let phase { JSONText.quote(phase, to: &bytes) } else { bytes += "null".utf8 }
        bytes += ",\"text\":\"".utf8
        opening = bytes
    }
}
