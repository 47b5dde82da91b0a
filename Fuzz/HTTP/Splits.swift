import Wire

/// The first byte of an input chooses the parser, the next four where the rest is cut: a bit that is set ends
/// a piece, the pattern repeats. Read in pieces or whole, the rest must come to the same.
func checkEverySplitIsTheSame(_ input: [UInt8]) {
    guard input.count > 6 else { return }
    let message = Array(input[5...])
    let pattern = input[1...4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    var pieces: [Range<Int>] = []
    var start = 0
    for index in 1..<message.count where pattern >> UInt32(index % 32) & 1 == 1 {
        pieces.append(start..<index)
        start = index
    }
    pieces.append(start..<message.count)
    let read = input[0] & 1 == 0 ? transcriptOfRequests : transcriptOfResponses
    let method: HTTPMethod = input[0] & 2 == 0 ? .get : .head
    let whole = read(message, [0..<message.count], method)
    let cut = read(message, pieces, method)
    guard whole == cut else { fatalError("cut as \(pieces):\n\(cut.text)\ninstead of:\n\(whole.text)") }
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

private func transcriptOfRequests(_ message: [UInt8], _ pieces: [Range<Int>], _: HTTPMethod) -> Transcript {
    var parser = HTTPRequestParser(limits: limits)
    var transcript = Transcript()
    do throws(HTTPError) {
        for range in pieces {
            let piece = message.span.extracting(range)
            var offset = 0
            while let event = try parser.next(piece, from: &offset) {
                switch event {
                case .head(let head):
                    transcript.note(
                        head.method.name, head.target.description, head.authority, "\(head.keepsAlive)")
                    transcript.note(head.headers)
                    ask(head)
                case .body(let range): transcript.note(body: piece.extracting(range))
                case .end(let trailers):
                    transcript.note("end")
                    transcript.note(trailers)
                }
            }
            precondition(offset == piece.count, "bytes were left over")
        }
        transcript.note(parser.isIdle ? "idle" : "busy")
    } catch {
        transcript.note(error.description)
    }
    return transcript
}

/// Asks a head all that a server asks one; the answers matter less than that there are some.
private func ask(_ head: HTTPRequestHead) {
    for segment in head.target.segments {
        precondition(segment != "." && segment != ".." && !segment.utf8.contains(0), "a path that climbs")
    }
    _ = head.target.parameters
    _ = HTTPPreconditions(of: head, entityTag: HTTPEntityTag("a"), lastModified: HTTPDate(seconds: 0))
    _ = HTTPAccept(head.headers).preferred(among: ["text/event-stream", "application/json"])
    _ = HTTPAcceptEncoding(head.headers).prefersGzip
    _ = head.headers.cookie("a")
}

private func transcriptOfResponses(
    _ message: [UInt8], _ pieces: [Range<Int>], _ method: HTTPMethod
) -> Transcript {
    var parser = HTTPResponseParser(limits: limits)
    parser.method = method
    var transcript = Transcript()
    do throws(HTTPError) {
        for range in pieces {
            let piece = message.span.extracting(range)
            var offset = 0
            while let event = try parser.next(piece, from: &offset) {
                switch event {
                case .informational(let head):
                    transcript.note("informational", "\(head.status.code)")
                    transcript.note(head.headers)
                case .head(let head, let keepsAlive):
                    transcript.note("\(head.status.code)", "\(keepsAlive)")
                    transcript.note(head.headers)
                case .body(let range): transcript.note(body: piece.extracting(range))
                case .end(let trailers):
                    transcript.note("end")
                    transcript.note(trailers)
                }
            }
            precondition(offset == piece.count, "bytes were left over")
        }
        if case .end = try parser.finish() { transcript.note("end") }
        transcript.note("closed")
    } catch {
        transcript.note(error.description)
    }
    return transcript
}
