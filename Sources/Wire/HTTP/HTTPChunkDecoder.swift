/// Reads the chunked coding (RFC 9112 7.1), strictly: sizes are hexadecimal digits and nothing else, every
/// line ends with CRLF, extensions are skipped and bounded.
struct HTTPChunkDecoder {
    private enum Phase {
        case size, `extension`, sizeEnd, data, dataReturn, dataEnd, trailers
    }

    private var phase = Phase.size
    private var remaining: UInt64 = 0
    private var digits = 0
    private var extensionBytes = 0
    private var received: UInt64 = 0
    private var trailers = HTTPSectionScanner(hasFirstLine: false)

    mutating func next(
        _ bytes: Span<UInt8>, from offset: inout Int, limits: borrowing HTTPLimits
    ) throws(HTTPError) -> HTTPBodyDecoder.Step? {
        while offset < bytes.count {
            switch phase {
            case .data:
                let count = Int(min(remaining, UInt64(bytes.count - offset)))
                defer { offset += count }
                remaining -= UInt64(count)
                if remaining == 0 { phase = .dataReturn }
                return .data(offset..<offset + count)
            case .trailers:
                guard let section = try trailers.next(bytes, from: &offset, limits: limits) else {
                    return nil
                }
                return .end(trailers: try Self.trailers(section))
            default:
                try readFraming(bytes[offset], limits)
                offset += 1
            }
        }
        return nil
    }

    private mutating func readFraming(
        _ byte: UInt8, _ limits: borrowing HTTPLimits
    ) throws(HTTPError) {
        switch phase {
        case .size: try readSize(byte)
        case .extension: try readExtension(byte, limits)
        case .sizeEnd:
            guard byte == ASCII.lineFeed else { throw Self.badSizeEnd }
            try startChunk(limits)
        case .dataReturn:
            guard byte == ASCII.carriageReturn else { throw Self.badDataEnd }
            phase = .dataEnd
        default:
            guard byte == ASCII.lineFeed else { throw Self.badDataEnd }
            phase = .size
        }
    }

    private mutating func readSize(_ byte: UInt8) throws(HTTPError) {
        if let digit = byte.hexadecimal {
            // Sixteen digits fill 64 bits; more, even zeros, nobody sends in earnest.
            guard digits < 16 else { throw .malformed("A chunk size has more than 16 digits.") }
            remaining = remaining << 4 | UInt64(digit)
            digits += 1
            return
        }
        guard digits > 0 else {
            throw .malformed("A chunk does not begin with its size in hexadecimal digits.")
        }
        switch byte {
        case ASCII.carriageReturn: phase = .sizeEnd
        case ASCII.semicolon: phase = .extension
        default: throw .malformed("A chunk size is followed by something else than CRLF or an extension.")
        }
    }

    private mutating func readExtension(
        _ byte: UInt8, _ limits: borrowing HTTPLimits
    ) throws(HTTPError) {
        if byte == ASCII.carriageReturn {
            phase = .sizeEnd
            return
        }
        guard byte.isFieldContent else {
            throw .malformed("A chunk extension has a control character in it.")
        }
        extensionBytes += 1
        guard extensionBytes <= limits.chunkExtensions else {
            throw .malformed(
                "The chunk extensions are larger than \(limits.chunkExtensions) bytes; leave them out.")
        }
    }

    private mutating func startChunk(_ limits: borrowing HTTPLimits) throws(HTTPError) {
        digits = 0
        let (sum, overflow) = received.addingReportingOverflow(remaining)
        guard !overflow, sum <= limits.body else { throw HTTPBodyDecoder.tooLarge(limits) }
        received = sum
        phase = remaining == 0 ? .trailers : .data
    }

    /// Trailers that would change what was already acted upon are refused (RFC 9110 6.5.1).
    private static func trailers(_ section: HTTPSectionScanner.Section) throws(HTTPError) -> HTTPHeaders {
        if section.lineCount == 0 { return HTTPHeaders() }
        let fields = try HTTPHeaders(parsing: section)
        for name: HTTPHeaderName in [.contentLength, .transferEncoding, .host, .authorization, .cookie]
        where fields.contains(name) {
            throw .malformed("The field \(name) comes after the body; send it in the head.")
        }
        return fields
    }

    private static var badSizeEnd: HTTPError {
        .malformed("A chunk size's line does not end with CRLF.")
    }
    private static var badDataEnd: HTTPError {
        .malformed("A chunk's data is not followed by CRLF; the chunk is longer than its size says.")
    }
}
