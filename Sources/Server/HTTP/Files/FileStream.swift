import Loop
import Transport

/// A large file on its way to one peer: the next piece is read when the socket has taken the one before.
final class FileStream: ResponseSource {
    private static let piece = 256 << 10
    private static let patience = Duration.seconds(30)

    private let file: OpenFile
    private let offload: Offload
    private var offset = 0
    private var reading: Task<Void, Never>?

    init(_ file: OpenFile, offload: Offload) {
        self.file = file
        self.offload = offload
    }

    func opened(_ stream: ResponseStream, on loop: isolated EventLoop) { drained(stream, on: loop) }

    func drained(_ stream: ResponseStream, on loop: isolated EventLoop) {
        guard reading == nil else { return }
        guard offset < file.state.size else { return stream.finish(on: loop) }
        reading = Task { await readOn(stream, on: loop) }
    }

    func ended(_ stream: ResponseStream, _ end: ResponseEnd, on loop: isolated EventLoop) {
        reading?.cancel()
        reading = nil
    }

    private func readOn(_ stream: ResponseStream, on loop: isolated EventLoop) async {
        let (file, offset) = (file, offset)
        let size = min(Self.piece, file.state.size - offset)
        let piece = try? await offload.run(until: loop.now + Self.patience, on: loop) {
            try file.read(size, at: offset)
        }
        guard !Task.isCancelled else { return }
        reading = nil
        guard let piece, piece.count == size else {
            return stream.abort("the file could not be read to its end", on: loop)
        }
        self.offset += size
        unsafe piece.withUnsafeBytes { unsafe stream.write($0, on: loop) }
    }
}
