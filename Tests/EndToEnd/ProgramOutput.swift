import Glibc
import Loop
import TestKit

/// What a program says on one of its streams, as it says it. Lives on one loop.
final class ProgramOutput: ReadinessHandler {
    private var bytes: [UInt8] = []
    private var descriptor: Descriptor?
    private var watch: WatchToken?
    private let heard = Waiter()

    /// Whether more may come.
    var isOpen: Bool { descriptor != nil }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Takes over our end of the program's pipe.
    func begin(_ descriptor: consuming Descriptor, on loop: isolated EventLoop) throws {
        do {
            watch = try loop.watch(descriptor, for: .readable, telling: self)
        } catch {
            descriptor.close()
            throw error
        }
        self.descriptor = consume descriptor
    }

    /// Waits until `isEnough` of what was said, or the stream ends; throws at the deadline.
    @discardableResult
    func read(
        within patience: Duration, on loop: isolated EventLoop, until isEnough: (String) -> Bool
    ) async throws -> String {
        let deadline = loop.clock.now + patience
        while !isEnough(text), descriptor != nil {
            guard await heard.wait(until: deadline, on: loop) == .signalled else {
                throw TestFailure("more was awaited after “\(text)”")
            }
        }
        return text
    }

    /// Types `text`, where this is the terminal of the program.
    func type(_ text: String) {
        // Less than a terminal holds, so it is taken at once.
        if let raw = descriptor?.raw { unsafe _ = Glibc.write(raw, text, text.utf8.count) }
    }

    /// Types bytes as they are.
    func type(_ bytes: [UInt8]) {
        if let raw = descriptor?.raw { unsafe _ = Glibc.write(raw, bytes, bytes.count) }
    }

    /// Types more than a terminal holds, as the program reads it.
    func type(all bytes: [UInt8], within patience: Duration, on loop: isolated EventLoop) async throws {
        var rest = bytes[...]
        // What is watched is whether there is something to be read here.
        try await eventually("all is typed", within: patience) {
            guard let raw = descriptor?.raw else { return true }
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(raw, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) }
            return rest.isEmpty
        }
    }

    /// Whether the terminal hands on every key as it is, and shows none by itself.
    var isRaw: Bool {
        var mode = termios()
        guard let raw = descriptor?.raw, unsafe tcgetattr(raw, &mode) == 0 else { return false }
        return mode.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == 0
    }

    /// Gives the terminal another size, as a person does who pulls at its window.
    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        if let raw = descriptor?.raw { unsafe _ = ioctl(raw, UInt(TIOCSWINSZ), &size) }
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        while let raw = descriptor?.raw {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe Glibc.read(raw, &chunk, chunk.count)
            if count < 0, errno == EAGAIN { break }
            if count <= 0 { close(on: loop) } else { bytes += chunk.prefix(count) }
        }
        heard.signal(on: loop)
    }

    func close(on loop: isolated EventLoop) {
        guard let descriptor = descriptor.take() else { return }
        if let watch { loop.unwatch(watch) }
        descriptor.close()
    }
}
