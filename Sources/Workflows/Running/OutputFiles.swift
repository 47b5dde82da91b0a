import CLinux
import Glibc
package import Loop
import Synchronization

/// The three files by which a phase tells the server what does not belong into its output, each known to it by a
/// variable: outputs, state, and a pipe for commands.
///
/// They lie in the folder of their task and go with it, or by `remove`. Everything here blocks: not on a loop.
package struct OutputFiles: Sendable {
    private static let made = Atomic<UInt64>(0)
    /// More than that in one file is refused.
    package static let mostBytes = 1 << 20

    private let path: String

    /// - Parameters:
    ///   - folder: where they are made; it is there already.
    ///   - phase: what those who look into the folder will find in their names.
    package init(in folder: String, for phase: String) {
        let name = phase.utf8.map { byte in
            let isPlain =
                byte < 0x80 && Character(Unicode.Scalar(byte)).isLetter || (0x30...0x39).contains(byte)
            return isPlain ? byte : UInt8(ascii: "_")
        }
        let number = Self.made.add(1, ordering: .relaxed).newValue
        path = "\(folder)/\(String(decoding: name.prefix(64), as: UTF8.self))-\(number)"
    }

    private var output: String { "\(path).output" }
    private var state: String { "\(path).state" }
    private var events: String { "\(path).events" }

    /// How the phase finds them.
    package var environment: [String: String] {
        ["HOLDFAST_OUTPUT": output, "HOLDFAST_STATE": state, "HOLDFAST_EVENTS": events]
    }

    /// Makes them, and opens our end of the pipe. It is ours to write too, so that it never ends by itself.
    package func make() throws(SystemError) -> OpenedDescriptor {
        remove()
        for file in [output, state] {
            let raw = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard raw >= 0 else { throw SystemError("open \(file)") }
            close(raw)
        }
        guard unsafe mkfifo(events, 0o600) == 0 else { throw SystemError("mkfifo \(events)") }
        let raw = unsafe open(events, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        guard raw >= 0 else { throw SystemError("open \(events)") }
        return OpenedDescriptor(raw)
    }

    /// What a phase that has ended left in them.
    package func read() -> PhaseLeavings {
        var leavings = PhaseLeavings()
        do throws(LeavingMistake) {
            leavings.outputs = try OutputEntries.parse(Self.contents(of: output, named: "$HOLDFAST_OUTPUT"))
        } catch {
            leavings.mistakes.append(error.sentence)
        }
        do throws(LeavingMistake) {
            leavings.state = try StateDocument.parse(Self.contents(of: state, named: "$HOLDFAST_STATE"))
        } catch {
            leavings.mistakes.append(error.sentence)
        }
        return leavings
    }

    package func remove() {
        for file in [output, state, events] { unsafe _ = unlink(file) }
    }

    /// The phase may have put anything in the place of its file, so nothing but a plain file is read.
    private static func contents(of path: String, named name: String) throws(LeavingMistake) -> [UInt8] {
        let raw = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        if raw < 0, errno == ENOENT { return [] }
        guard raw >= 0 else { throw LeavingMistake("\(name) cannot be read: \(SystemError("open"))") }
        defer { close(raw) }
        var status = stat()
        guard unsafe fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw LeavingMistake("\(name) is no longer a file; write into it, and put nothing in its place")
        }
        var bytes: [UInt8] = []
        while bytes.count <= mostBytes {
            var count = 0
            bytes += unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, filled in
                count = unsafe Glibc.read(raw, buffer.baseAddress, buffer.count)
                filled = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw LeavingMistake("\(name) cannot be read: \(SystemError("read"))") }
            if count == 0 { return bytes }
        }
        throw LeavingMistake(
            "\(name) is longer than \(mostBytes) bytes; write large things to files and keep those")
    }
}

/// What a phase left in its files.
package struct PhaseLeavings: Equatable, Sendable {
    package var outputs: [String: String] = [:]
    /// A JSON object, minified; nil where there is none.
    package var state: [UInt8]?
    /// What could not be understood, and how to mend it. What is above comes without it.
    package var mistakes: [String] = []

    package init() {}
}

/// What is wrong with what a phase has written, in a sentence for whoever wrote the phase.
struct LeavingMistake: Error {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}

/// A descriptor on its way between threads; closed with this object where nobody has taken it.
package final class OpenedDescriptor: Sendable {
    private let raw: Mutex<CInt>

    init(_ raw: CInt) { self.raw = Mutex(raw) }

    deinit {
        let raw = raw.withLock { $0 }
        if raw >= 0 { close(raw) }
    }

    /// Once.
    package func take() -> Descriptor? {
        let taken = raw.withLock { raw in
            defer { raw = -1 }
            return raw
        }
        return taken < 0 ? nil : Descriptor(owning: taken)
    }
}
