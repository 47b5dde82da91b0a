package import Loop
package import Wire

/// Makes requests, over connections that it keeps for the next one to the same server. Lives on one loop;
/// its owner calls `close` at the end.
package final class HTTPClient {
    /// Idle connections kept for one server.
    private static let keptAtMost = 4

    private let dialler: Dialler
    private var limits: HTTPLimits
    private var kept: [Origin: [ClientStream]] = [:]
    private var isClosed = false

    package init(_ dialler: Dialler = Dialler(), limits: HTTPLimits = HTTPLimits()) {
        self.dialler = dialler
        self.limits = limits
        // Whoever takes the body says how much of it is too much.
        self.limits.body = .max
    }

    /// Asks, and comes back with the head of the answer. A safe request is asked once more when a kept
    /// connection turns out to have been closed.
    package func send(
        _ request: ClientRequest, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> ClientResponse {
        let origin = Origin(of: request)
        let bytes = try request.bytes()
        if let stream = takeKept(origin, on: loop) {
            do throws(ClientError) {
                return try await exchange(request.method, bytes, stream, origin, until: deadline, on: loop)
            } catch {
                guard case .lost = error, request.method.isSafe else { throw error }
            }
        }
        let stream = try await dialler.connect(
            to: request.url, at: request.address, until: deadline, on: loop)
        return try await exchange(request.method, bytes, stream, origin, until: deadline, on: loop)
    }

    /// Asks, and comes back with the whole answer.
    package func fetch(
        _ request: ClientRequest, limit: Int = 1 << 20, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> (head: HTTPResponseHead, body: [UInt8]) {
        let response = try await send(request, until: deadline, on: loop)
        let body = try await response.collect(upTo: limit, until: deadline, on: loop)
        return (response.head, body)
    }

    /// Closes what is kept. Answers that are still being read close their own connections.
    package func close(on loop: isolated EventLoop) {
        isClosed = true
        for stream in kept.values.joined() { stream.close(on: loop) }
        kept = [:]
    }

    private func exchange(
        _ method: HTTPMethod, _ bytes: [UInt8], _ stream: ClientStream, _ origin: Origin,
        until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> ClientResponse {
        // A server that refuses a body answers, and perhaps closes, before it has read all of it.
        var wasSent = false
        var unsent: ClientError?
        do throws(ClientError) {
            wasSent = try await stream.write(bytes, listening: true, until: deadline, on: loop)
        } catch {
            unsent = error
        }
        let response = ClientResponse(to: method, over: stream, limits: limits)
        if wasSent { response.keeper = (self, origin) }
        do throws(ClientError) {
            try await response.readHead(until: deadline, on: loop)
        } catch {
            response.close(on: loop)
            throw unsent ?? error
        }
        return response
    }

    private func takeKept(_ origin: Origin, on loop: isolated EventLoop) -> ClientStream? {
        while let stream = kept[origin]?.popLast() {
            if kept[origin]?.isEmpty ?? false { kept[origin] = nil }
            if stream.isQuiet(on: loop) { return stream }
            stream.close(on: loop)
        }
        return nil
    }

    /// Has a connection whose answer is over for the next request.
    func keep(_ stream: ClientStream, _ origin: Origin, on loop: isolated EventLoop) {
        guard !isClosed, kept[origin, default: []].count < Self.keptAtMost else {
            return stream.close(on: loop)
        }
        kept[origin, default: []].append(stream)
    }
}
