package import Loop
package import Wire

/// The body of a request, handed over as it arrives. What nobody has asked for is bounded: the connection is
/// not read from while too much of it waits here.
package final class RequestBody {
    /// How much may wait here before the connection is no longer read from.
    static let highWater = 64 * 1024

    private var waiting: [UInt8] = []
    private var isWhole = false
    /// How much of it has come.
    private(set) var received = 0
    private var failure: HTTPError?
    private let arrival = Waiter()
    private weak var connection: HTTPConnection?

    init(connection: HTTPConnection?) { self.connection = connection }

    /// Whether all of it has arrived, taken or not.
    var isComplete: Bool { isWhole }
    var isFull: Bool { waiting.count >= Self.highWater }

    /// The next piece, as it came; nil at the end.
    package func next(on loop: isolated EventLoop) async throws(HTTPError) -> [UInt8]? {
        while waiting.isEmpty {
            if let failure { throw failure }
            if isWhole { return nil }
            connection?.wantBody(on: loop)
            // The connection's own deadline for a silent body ends this wait.
            if case .cancelled = await arrival.wait(until: .distantFuture, on: loop) {
                throw HTTPError(.badRequest, "The connection was closed before the body was whole.")
            }
        }
        let piece = waiting
        waiting = []
        connection?.bodyTaken(on: loop)
        return piece
    }

    /// All of it, refused with 413 when it is longer than `limit`.
    package func collect(upTo limit: Int, on loop: isolated EventLoop) async throws(HTTPError) -> [UInt8] {
        var all: [UInt8] = []
        while let piece = try await next(on: loop) {
            guard all.count + piece.count <= limit else {
                throw HTTPError(
                    .contentTooLarge, "The body is larger than \(limit) bytes; send less at once.")
            }
            if all.isEmpty { all = piece } else { all += piece }
        }
        return all
    }

    func arrived(_ bytes: UnsafeRawBufferPointer, on loop: isolated EventLoop) {
        unsafe waiting.append(contentsOf: bytes)
        received += bytes.count
        arrival.signal(on: loop)
    }

    func arrivedWhole(on loop: isolated EventLoop) {
        isWhole = true
        arrival.signal(on: loop)
    }

    func fail(_ error: HTTPError, on loop: isolated EventLoop) {
        guard !isWhole, failure == nil else { return }
        failure = error
        arrival.signal(on: loop)
    }
}
