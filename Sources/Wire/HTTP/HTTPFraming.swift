/// What the fields of a head say about where its message ends, and what becomes of the connection.
///
/// Whatever could be read in two ways is refused: a second reader (a proxy) might read it the other way.
struct HTTPFraming: Sendable {
    struct Options: OptionSet, Sendable {
        let rawValue: UInt8
        static let close = Options(rawValue: 1)
        static let keepAlive = Options(rawValue: 2)
        static let upgrade = Options(rawValue: 4)
    }

    private(set) var contentLength: UInt64?
    private(set) var isChunked = false
    /// A transfer coding other than chunked; none is spoken here.
    private(set) var hasOtherCoding = false
    private(set) var connection: Options = []
    private(set) var expectsContinue = false
    private(set) var upgradesToWebSocket = false
    private(set) var host: HTTPHeaders.Field?

    /// One pass over the fields; the length of a name tells which could be meant.
    init(_ headers: borrowing HTTPHeaders) throws(HTTPError) {
        for field in headers.fields {
            switch field.name.count {
            case 4 where headers.matches(field, .host):
                guard host == nil else { throw .malformed("There are two Host fields; send one.") }
                host = field
            case 6 where headers.matches(field, .expect): try readExpectation(field, in: headers)
            case 7 where headers.matches(field, .upgrade): readUpgrade(field, in: headers)
            case 10 where headers.matches(field, .connection): readConnection(field, in: headers)
            case 14 where headers.matches(field, .contentLength): try readLength(field, in: headers)
            case 17 where headers.matches(field, .transferEncoding): try readCodings(field, in: headers)
            default: break
            }
        }
        guard contentLength == nil || !(isChunked || hasOtherCoding) else {
            throw .malformed("There are both Content-Length and Transfer-Encoding; send one of them.")
        }
    }

    private mutating func readLength(
        _ field: HTTPHeaders.Field, in headers: borrowing HTTPHeaders
    ) throws(HTTPError) {
        let bytes = headers.bytes.span
        var length: UInt64 = 0
        guard !field.value.isEmpty else { throw .malformed("Content-Length is empty; give a number.") }
        for index in field.value.asInt {
            guard let digit = bytes[index].decimal else {
                throw .malformed("Content-Length is no decimal number; write digits and nothing else.")
            }
            let (tens, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else {
                throw .malformed("Content-Length is larger than any body can be.")
            }
            length = sum
        }
        guard contentLength == nil || contentLength == length else {
            throw .malformed("There are two Content-Length fields that differ; send one.")
        }
        contentLength = length
    }

    private mutating func readCodings(
        _ field: HTTPHeaders.Field, in headers: borrowing HTTPHeaders
    ) throws(HTTPError) {
        let bytes = headers.bytes.span
        var isWellFormed = true
        headers.eachElement(in: field) { range in
            let coding = bytes.extracting(range)
            // After chunked nothing may come, and chunked not twice (RFC 9112 7).
            isWellFormed =
                isWellFormed && !coding.isEmpty && !isChunked
                && coding.indices.allSatisfy { coding[$0].isToken }
            if coding.equalsIgnoringCase("chunked") { isChunked = true } else { hasOtherCoding = true }
            return isWellFormed
        }
        guard isWellFormed else {
            throw .malformed("Transfer-Encoding is malformed; send chunked, once and last.")
        }
    }

    private mutating func readExpectation(
        _ field: HTTPHeaders.Field, in headers: borrowing HTTPHeaders
    ) throws(HTTPError) {
        guard headers.bytes.span.extracting(field.value.asInt).equalsIgnoringCase("100-continue") else {
            throw HTTPError(
                .expectationFailed, "Only 100-continue can be expected; leave the Expect field out.")
        }
        expectsContinue = true
    }

    private mutating func readUpgrade(_ field: HTTPHeaders.Field, in headers: borrowing HTTPHeaders) {
        let bytes = headers.bytes.span
        headers.eachElement(in: field) { range in
            if bytes.extracting(range).equalsIgnoringCase("websocket") { upgradesToWebSocket = true }
            return true
        }
    }

    private mutating func readConnection(_ field: HTTPHeaders.Field, in headers: borrowing HTTPHeaders) {
        let bytes = headers.bytes.span
        headers.eachElement(in: field) { range in
            let option = bytes.extracting(range)
            if option.equalsIgnoringCase("close") { connection.insert(.close) }
            if option.equalsIgnoringCase("keep-alive") { connection.insert(.keepAlive) }
            if option.equalsIgnoringCase("upgrade") { connection.insert(.upgrade) }
            return true
        }
    }

    func keepsAlive(_ version: HTTPVersion) -> Bool {
        if connection.contains(.close) { return false }
        return version == .http11 || connection.contains(.keepAlive)
    }
}
