import Wire

/// The first byte of an input chooses the parser, the next four where the rest is cut: a bit that is set ends
/// a piece, the pattern repeats. Read in pieces or whole, the rest must come to the same.
func checkEverySplitIsTheSame(_ input: [UInt8]) {
    guard input.count > 5 else { return }
    let message = Array(input[5...])
    let pattern = input[1...4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    var cuts: [Int] = []
    for index in 1..<max(1, message.count) where pattern >> UInt32(index % 32) & 1 == 1 { cuts.append(index) }
    let read = input[0] & 1 == 0 ? transcriptOfRequests : transcriptOfResponses
    let method: HTTPMethod = input[0] & 2 == 0 ? .get : .head
    let whole = read(message, [], method)
    let pieces = read(message, cuts, method)
    guard whole == pieces else { fatalError("cut at \(cuts): \(pieces) instead of \(whole)") }
}

/// Small, so that inputs reach them.
private let limits: HTTPLimits = {
    var limits = HTTPLimits()
    limits.requestLine = 64
    limits.headerBytes = 256
    limits.headerCount = 8
    limits.body = 128
    limits.chunkExtensions = 8
    return limits
}()

/// Everything that was read, in words; adjacent pieces of a body are one.
private struct Transcript {
    var lines: [String] = []
    private var body: [UInt8] = []

    mutating func note(body piece: ArraySlice<UInt8>) {
        precondition(!piece.isEmpty, "an empty piece of a body")
        body += piece
    }

    mutating func note(_ line: String) {
        if !body.isEmpty { lines.append("body \(body)") }
        body = []
        lines.append(line)
    }

    mutating func note(_ name: String, _ headers: HTTPHeaders) {
        note(name)
        for (name, value) in headers.pairs {
            precondition(!name.isEmpty && !value.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 })
            note("\(name): \(value)")
        }
    }
}

private func pieces(of message: [UInt8], cuts: [Int]) -> [ArraySlice<UInt8>] {
    zip([0] + cuts, cuts + [message.count]).map { message[$0..<$1] }
}

private func transcriptOfRequests(_ message: [UInt8], _ cuts: [Int], _ method: HTTPMethod) -> [String] {
    var parser = HTTPRequestParser(limits: limits)
    var transcript = Transcript()
    do throws(HTTPError) {
        for piece in pieces(of: message, cuts: cuts) {
            let piece = Array(piece)
            var offset = 0
            while let event = try parser.next(piece.span, from: &offset) {
                switch event {
                case .head(let head):
                    precondition(
                        !head.target.segments.contains { $0 == "." || $0 == ".." || $0.utf8.contains(0) })
                    transcript.note(
                        "\(head.method) \(head.target) \(head.authority) \(head.keepsAlive)", head.headers)
                    _ = head.target.parameters
                    _ = HTTPPreconditions(
                        of: head, entityTag: HTTPEntityTag("a"), lastModified: HTTPDate(seconds: 0))
                    _ = HTTPAccept(head.headers).preferred(among: ["text/event-stream", "application/json"])
                    _ = HTTPAcceptEncoding(head.headers).prefersGzip
                    _ = head.headers.cookie("a")
                case .body(let range): transcript.note(body: piece[range])
                case .end(let trailers): transcript.note("end", trailers)
                }
            }
            precondition(offset == piece.count, "bytes were left over")
        }
        transcript.note(parser.isIdle ? "idle" : "busy")
    } catch {
        transcript.note("\(error)")
    }
    return transcript.lines
}

private func transcriptOfResponses(_ message: [UInt8], _ cuts: [Int], _ method: HTTPMethod) -> [String] {
    var parser = HTTPResponseParser(limits: limits)
    parser.method = method
    var transcript = Transcript()
    do throws(HTTPError) {
        for piece in pieces(of: message, cuts: cuts) {
            let piece = Array(piece)
            var offset = 0
            while let event = try parser.next(piece.span, from: &offset) {
                switch event {
                case .informational(let head):
                    transcript.note("informational \(head.status.code)", head.headers)
                case .head(let head, let keepsAlive):
                    transcript.note("\(head.status.code) \(keepsAlive)", head.headers)
                case .body(let range): transcript.note(body: piece[range])
                case .end(let trailers): transcript.note("end", trailers)
                }
            }
            precondition(offset == piece.count, "bytes were left over")
        }
        switch try parser.finish() {
        case .end(let trailers): transcript.note("end", trailers)
        default: transcript.note("idle")
        }
    } catch {
        transcript.note("\(error)")
    }
    return transcript.lines
}
