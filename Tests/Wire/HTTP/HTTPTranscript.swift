import Wire

/// What a parser made of some bytes, in words: one line per event, adjacent pieces of a body as one.
struct HTTPTranscript: Equatable {
    private(set) var lines: [String] = []
    private(set) var error: HTTPError?
    private var body: [UInt8] = []

    /// Reads requests from `pieces`, each given whole.
    init(requests pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits()) {
        var parser = HTTPRequestParser(limits: limits)
        do throws(HTTPError) {
            for piece in pieces {
                var offset = 0
                while let event = try parser.next(piece.span, from: &offset) {
                    switch event {
                    case .head(let head):
                        note("\(head.method) \(head.target) of \(head.authority)", head.headers)
                    case .body(let range): body += piece[range]
                    case .end(let trailers): note("end", trailers)
                    }
                }
            }
            note(parser.isIdle ? "idle" : "busy", [:])
        } catch {
            fail(error)
        }
    }

    /// Reads responses to `method` from `pieces`, and then the end of the connection.
    init(responses pieces: [[UInt8]], to method: HTTPMethod = .get, limits: HTTPLimits = HTTPLimits()) {
        var parser = HTTPResponseParser(limits: limits)
        parser.method = method
        do throws(HTTPError) {
            for piece in pieces {
                var offset = 0
                while let event = try parser.next(piece.span, from: &offset) {
                    note(event, from: piece)
                }
            }
            if let event = try parser.finish() { note(event, from: []) }
        } catch {
            fail(error)
        }
    }

    private mutating func note(_ event: HTTPResponseParser.Event, from piece: [UInt8]) {
        switch event {
        case .informational(let head): note("informational \(head.status.code)", head.headers)
        case .head(let head, let keepsAlive):
            note("\(head.status.code)\(keepsAlive ? "" : " close")", head.headers)
        case .body(let range): body += piece[range]
        case .end(let trailers): note("end", trailers)
        }
    }

    private mutating func note(_ line: String, _ headers: HTTPHeaders) {
        if !body.isEmpty { lines.append("body \(String(decoding: body, as: UTF8.self))") }
        body = []
        lines.append(line)
        lines += headers.pairs.map { "\($0.name): \($0.value)" }
    }

    private mutating func fail(_ error: HTTPError) {
        note("\(error)", [:])
        self.error = error
    }
}

/// The ways to cut `bytes`: in two at every place, and into single bytes.
func everySplit(of bytes: [UInt8]) -> [[[UInt8]]] {
    let halves = (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
    return halves + [bytes.map { [$0] }]
}
