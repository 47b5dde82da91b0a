/// Finds the end of a head or of a trailer section, the first empty line, however its bytes are cut up.
///
/// The limits are enforced on every byte as it comes, so a head that never ends is refused as soon as it is
/// too long; and every line must end with CRLF. What the lines say is not looked at here. Whatever happens
/// at a byte depends only on the bytes before it, never on how they were cut.
struct HTTPSectionScanner {
    /// A whole section: its bytes, the empty line included, and how many lines are before that.
    struct Section {
        var bytes: [UInt8]
        var lineCount: Int
    }

    private var hasFirstLine: Bool
    private var held: [UInt8] = []
    private var lineCount = 0
    private var lineBytes = 0
    private var fieldBytes = 0
    private var last: UInt8 = 0

    /// A head has a first line that is no field; a trailer section has not.
    init(hasFirstLine: Bool) { self.hasFirstLine = hasFirstLine }

    /// Takes what belongs to the section from `bytes`, moving `offset` past it; nil when more must come.
    mutating func next(
        _ bytes: Span<UInt8>, from offset: inout Int, limits: borrowing HTTPLimits
    ) throws(HTTPError) -> Section? {
        let start = offset
        var lineStart = start
        while let end = bytes.firstIndex(of: ASCII.lineFeed, from: lineStart) {
            let length = lineBytes + (end - lineStart)
            try check(length: length, isEnded: true, limits)
            guard length > 0, (end > start ? bytes[end - 1] : last) == ASCII.carriageReturn else {
                throw .malformed("A line ends with a bare line feed; end every line with CRLF.")
            }
            lineBytes = 0
            lineStart = end + 1
            if length == 1 {
                return finish(bytes.extracting(start..<lineStart), movingTo: lineStart, &offset)
            }
            try endLine(length: length, limits)
        }
        lineBytes += bytes.count - lineStart
        try check(length: lineBytes, isEnded: false, limits)
        if start < bytes.count {
            held.append(bytes.extracting(start..<bytes.count))
            last = bytes[bytes.count - 1]
            offset = bytes.count
        }
        return nil
    }

    private var isInFirstLine: Bool { hasFirstLine && lineCount == 0 }

    /// `length` bytes of the current line are there, without its line feed.
    private func check(length: Int, isEnded: Bool, _ limits: borrowing HTTPLimits) throws(HTTPError) {
        if isInFirstLine {
            guard length <= limits.requestLine else {
                throw HTTPError(
                    .uriTooLong,
                    "The first line is longer than \(limits.requestLine) bytes; shorten the address.")
            }
        } else if fieldBytes + length + (isEnded ? 1 : 0) > limits.headerBytes {
            throw HTTPError(
                .headerFieldsTooLarge,
                "The header fields are larger than \(limits.headerBytes) bytes together; send fewer cookies.")
        }
    }

    private mutating func endLine(length: Int, _ limits: borrowing HTTPLimits) throws(HTTPError) {
        if !isInFirstLine { fieldBytes += length + 1 }
        lineCount += 1
        guard lineCount - (hasFirstLine ? 1 : 0) <= limits.headerCount else {
            throw HTTPError(
                .headerFieldsTooLarge, "There are more than \(limits.headerCount) header fields; send fewer.")
        }
    }

    private mutating func finish(
        _ rest: Span<UInt8>, movingTo end: Int, _ offset: inout Int
    ) -> Section {
        var whole = held
        held = []
        if whole.isEmpty { whole = rest.copied } else { whole.append(rest) }
        let section = Section(bytes: whole, lineCount: lineCount)
        self = HTTPSectionScanner(hasFirstLine: hasFirstLine)
        offset = end
        return section
    }
}
