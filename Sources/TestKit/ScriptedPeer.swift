package import Loop
package import Transport

/// A peer that does exactly what a test tells it to, down to the bytes: sends them in given portions, reads
/// only when asked, finishes, resets.
package final class ScriptedPeer {
    private let stream: ClientStream
    private let patience: Duration
    private var unread: [UInt8] = []
    private var hasEnded = false

    package init(_ stream: ClientStream, patience: Duration = .seconds(10), on loop: isolated EventLoop) {
        self.stream = stream
        self.patience = patience
        Strays.note(self, on: loop)
    }

    package static func connect(
        to address: SocketAddress, patience: Duration = .seconds(10), on loop: isolated EventLoop
    ) async throws -> ScriptedPeer {
        let stream = try await Dialler.connect(to: address, until: loop.clock.now + patience, on: loop)
        return ScriptedPeer(stream, patience: patience, on: loop)
    }

    // MARK: Sending

    package func send(_ text: String, on loop: isolated EventLoop) async throws {
        try await send(Array(text.utf8), on: loop)
    }

    package func send(_ bytes: [UInt8], on loop: isolated EventLoop) async throws {
        try await stream.write(bytes, until: loop.clock.now + patience, on: loop)
    }

    /// Sends `bytes` cut into portions of `size`, each in a call of its own, with a turn of the loop between.
    package func send(_ bytes: [UInt8], inPortionsOf size: Int, on loop: isolated EventLoop) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try await send(Array(rest.prefix(size)), on: loop)
            rest = rest.dropFirst(size)
            await Task.yield()
        }
    }

    /// Sends again and again until the other side takes no more, or `limit` was sent; says how much it was.
    package func flood(_ bytes: [UInt8], limit: Int, patience: Duration, on loop: isolated EventLoop) async
        -> Int
    {
        var sent = 0
        while sent < limit {
            do {
                try await stream.write(bytes, until: loop.clock.now + patience, on: loop)
            } catch {
                break
            }
            sent += bytes.count
        }
        return sent
    }

    // MARK: Receiving

    /// The next `count` bytes.
    package func read(_ count: Int, on loop: isolated EventLoop) async throws -> [UInt8] {
        while unread.count < count {
            guard try await readMore("\(count) bytes", on: loop) else {
                throw failure("\(count) bytes", "the stream ended")
            }
        }
        return take(count)
    }

    /// All up to and with `mark`.
    package func read(through mark: String, on loop: isolated EventLoop) async throws -> String {
        while true {
            if let found = unread.end(of: Array(mark.utf8)) {
                return String(decoding: take(found), as: UTF8.self)
            }
            guard try await readMore("“\(mark)”", on: loop) else {
                throw failure("“\(mark)”", "the stream ended")
            }
        }
    }

    /// All that comes before the other side has nothing more to say.
    package func readToEnd(on loop: isolated EventLoop) async throws -> [UInt8] {
        while try await readMore("the end of the stream", on: loop) {}
        return take(unread.count)
    }

    /// Exactly these bytes must come next.
    package func expect(_ bytes: [UInt8], on loop: isolated EventLoop) async throws {
        let came = try await read(bytes.count, on: loop)
        guard came == bytes else { throw TestFailure("waited for \(bytes), but got \(came)") }
    }

    package func expect(_ text: String, on loop: isolated EventLoop) async throws {
        let came = String(decoding: try await read(text.utf8.count, on: loop), as: UTF8.self)
        guard came == text else { throw TestFailure("waited for “\(text)”, but got “\(came)”") }
    }

    /// Waits until the other side has ended or broken the connection, whatever still comes before.
    package func awaitGone(on loop: isolated EventLoop) async throws {
        do {
            while try await readMore("the end of the connection", on: loop) { unread = [] }
        } catch ClientError.lost {}
    }

    // MARK: Ending

    /// Nothing more will be sent; what comes can still be read.
    package func finishWriting() { stream.finishWriting() }

    package func close(on loop: isolated EventLoop) { stream.close(on: loop) }

    /// Breaks the connection: the other side sees a reset, not an end.
    package func reset(on loop: isolated EventLoop) { stream.reset(on: loop) }

    // MARK: Details

    private func readMore(_ awaited: String, on loop: isolated EventLoop) async throws -> Bool {
        guard !hasEnded else { return false }
        let bytes: [UInt8]
        do throws(ClientError) {
            bytes = try await stream.read(until: loop.clock.now + patience, on: loop)
        } catch {
            if case .expired = error { throw failure(awaited, "nothing more came") }
            throw error
        }
        hasEnded = bytes.isEmpty
        unread += bytes
        return !hasEnded
    }

    private func take(_ count: Int) -> [UInt8] {
        let taken = Array(unread.prefix(count))
        unread.removeFirst(count)
        return taken
    }

    private func failure(_ awaited: String, _ reason: String) -> TestFailure {
        let seen = String(decoding: unread.suffix(2000), as: UTF8.self)
        return TestFailure("waited for \(awaited), but \(reason) after “\(seen)”")
    }
}

extension [UInt8] {
    /// How many bytes there are up to the end of the first `mark`.
    fileprivate func end(of mark: [UInt8]) -> Int? {
        guard count >= mark.count else { return nil }
        for start in 0...(count - mark.count) where self[start..<start + mark.count].elementsEqual(mark) {
            return start + mark.count
        }
        return nil
    }
}
