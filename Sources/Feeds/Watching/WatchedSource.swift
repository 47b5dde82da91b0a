package import Loop
import Wire

/// What a watcher looks at.
package protocol WatchedSource: Sendable {
    /// Says what the source is now, or nil where it is surely as it was at the last look. It keeps to the deadline,
    /// and ends soon after it is cancelled; what it held is given back when it returns.
    func look(until deadline: Instant, on loop: isolated EventLoop) async throws -> SourceValue?
}

/// What a source is at one moment.
package enum SourceValue: Sendable {
    /// Which must be JSON.
    case json([UInt8])
    /// JSON, or else the text that it is, without the line break at its end.
    case any([UInt8])

    /// As a feed takes it.
    func minified() throws(JSONError) -> [UInt8] {
        switch self {
        case .json(var data):
            try JSONValidator.minify(&data)
            return data
        case .any(let data):
            var json = data
            do throws(JSONError) {
                try JSONValidator.minify(&json)
                return json
            } catch {
                return Self.text(data)
            }
        }
    }

    /// What is no UTF-8 is replaced by U+FFFD.
    private static func text(_ data: [UInt8]) -> [UInt8] {
        var bytes = data[...]
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r"), bytes.count < data.count { bytes.removeLast() }
        var text: [UInt8] = []
        JSONText.quote(String(decoding: bytes, as: UTF8.self), to: &text)
        return text
    }
}

/// Why a source could not be looked at, as the end of the sentence "It could not be looked at: …".
package struct SourceError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
