package import Loop
package import Wire

/// A server's answer: its head, and its body piece by piece. Whoever has it takes the body to its end or
/// calls `close`.
package final class ClientResponse {
    private(set) package var head = HTTPResponseHead(.badGateway)
    private let stream: ClientStream
    private var parser: HTTPResponseParser
    private var pending: [UInt8] = []
    private var offset = 0
    private var keepsAlive = false
    private var isOver = false
    /// Gets the connection when the answer is over and it may be used again.
    var keeper: (client: HTTPClient, origin: Origin)?

    init(to method: HTTPMethod, over stream: ClientStream, limits: HTTPLimits) {
        self.stream = stream
        parser = HTTPResponseParser(limits: limits)
        parser.method = method
    }

    /// Reads up to the head, past any interim answer.
    func readHead(until deadline: Instant, on loop: isolated EventLoop) async throws(ClientError) {
        while true {
            switch try await nextEvent(until: deadline, on: loop) {
            case .head(let head, let keepsAlive):
                self.head = head
                self.keepsAlive = keepsAlive
                return
            case .informational: continue
            case .body, .end: throw .malformed("The answer has no head.")
            case nil: throw .lost("The server closed the connection without an answer")
            }
        }
    }

    /// The next piece of the body, as it came; nil at its end.
    package func next(until deadline: Instant, on loop: isolated EventLoop) async throws(ClientError)
        -> [UInt8]?
    {
        guard !isOver else { return nil }
        do throws(ClientError) {
            while let event = try await nextEvent(until: deadline, on: loop) {
                switch event {
                case .body(let range): return Array(pending[range])
                case .end:
                    over(mayBeUsedAgain: keepsAlive && offset == pending.count, on: loop)
                    return nil
                case .head, .informational: throw .malformed("There is a head in the midst of the body.")
                }
            }
        } catch {
            close(on: loop)
            throw error
        }
        close(on: loop)
        return nil
    }

    /// The whole body; refused when it is longer than `limit`.
    package func collect(
        upTo limit: Int = 1 << 20, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> [UInt8] {
        var all: [UInt8] = []
        while let piece = try await next(until: deadline, on: loop) {
            guard all.count + piece.count <= limit else {
                close(on: loop)
                throw .tooLarge(limit: limit)
            }
            all += piece
        }
        return all
    }

    /// Gives the connection up, with what has not been read. A server that still works on the answer sees a
    /// reset, and need not wonder whether the other half is still listening.
    package func close(on loop: isolated EventLoop) {
        guard !isOver else { return }
        isOver = true
        keeper = nil
        stream.reset(on: loop)
    }

    /// After 101: the socket goes on with another protocol, whose first bytes may have come already.
    func release() -> (ClientStream, early: [UInt8]) {
        isOver = true
        return (stream, Array(pending[offset...]))
    }

    private func over(mayBeUsedAgain: Bool, on loop: isolated EventLoop) {
        guard !isOver else { return }
        isOver = true
        if mayBeUsedAgain, let keeper {
            keeper.client.keep(stream, keeper.origin, on: loop)
        } else {
            stream.close(on: loop)
        }
        keeper = nil
    }

    /// Nil when the connection ended between two answers.
    private func nextEvent(
        until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> HTTPResponseParser.Event? {
        while true {
            let bytes = pending
            do throws(HTTPError) {
                if let event = try parser.next(bytes.span, from: &offset) { return event }
            } catch {
                throw .malformed(error.sentence)
            }
            offset = 0
            pending = try await stream.read(until: deadline, on: loop)
            guard pending.isEmpty else { continue }
            do throws(HTTPError) {
                return try parser.finish()
            } catch {
                throw .lost(error.sentence)
            }
        }
    }
}
