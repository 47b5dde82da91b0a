import Loop
import Transport

/// An answer that is written piece by piece: the next is asked for when the socket has taken the one before.
final class PieceStream: ResponseSource {
    /// The next piece; nil behind the last. What it throws cuts the answer short, and the log has it.
    typealias Next = (isolated EventLoop) async throws -> [UInt8]?

    private let next: Next
    private var asking: Task<Void, Never>?

    init(_ next: @escaping Next) { self.next = next }

    func opened(_ stream: ResponseStream, on loop: isolated EventLoop) { drained(stream, on: loop) }

    func drained(_ stream: ResponseStream, on loop: isolated EventLoop) {
        if asking == nil { asking = Task { await ask(for: stream, on: loop) } }
    }

    func ended(_ stream: ResponseStream, _ end: ResponseEnd, on loop: isolated EventLoop) {
        asking?.cancel()
        asking = nil
    }

    private func ask(for stream: ResponseStream, on loop: isolated EventLoop) async {
        let piece: Result<[UInt8]?, any Error>
        do { piece = .success(try await next(loop)) } catch { piece = .failure(error) }
        guard !Task.isCancelled else { return }
        asking = nil
        switch piece {
        case .success(let bytes?) where bytes.isEmpty: drained(stream, on: loop)
        case .success(let bytes?): unsafe bytes.withUnsafeBytes { unsafe stream.write($0, on: loop) }
        case .success(nil): stream.finish(on: loop)
        case .failure(let error): stream.abort("it could not be read to its end: \(error)", on: loop)
        }
    }
}
