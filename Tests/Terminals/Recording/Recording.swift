import Glibc
import Loop
import Synchronization
import Terminals
import TestKit

/// What stands in the recording of a terminal.
struct Recording {
    let size: Int
    let events: [AsciicastEvent]

    init(of id: TerminalID, in folder: TemporaryFolder) throws {
        let bytes = try Self.bytes(of: folder.file("\(id).cast"))
        var reader = AsciicastReader()
        size = bytes.count
        events = try reader.read(bytes) + reader.finish()
    }

    static func bytes(of path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "re") else { throw TestFailure("there is no \(path)") }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 20)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }

    var output: String { Self.output(of: events) }
    var input: String { events.map { if case .input(let text) = $0.what { text } else { "" } }.joined() }
    var times: [Duration] { events.map(\.time) }
    var remarks: [String] {
        events.compactMap { if case .other("m", let text) = $0.what { text } else { nil } }
    }

    /// Nil where it does not happen.
    func output(before what: AsciicastEvent.What) -> String? {
        events.firstIndex { $0.what == what }.map { Self.output(of: events[..<$0]) }
    }

    private static func output(of events: some Sequence<AsciicastEvent>) -> String {
        events.map { if case .output(let text) = $0.what { text } else { "" } }.joined()
    }
}

/// Makes an empty file.
func touch(_ path: String) throws {
    let raw = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard raw >= 0 else { throw TestFailure("\(path) is not made") }
    close(raw)
}

extension TerminalGround {
    /// Nothing is written meanwhile, as the one thread for that is held.
    func whileTheDiskHangs(_ body: () async throws -> Void) async throws {
        let disk = try HangingDisk()
        let hanging = Task { [loop = loops[0]] in await hold(disk, on: loop) }
        let outcome: Result<Void, any Error>
        do {
            try await eventually("the disk hangs") { disk.hangs }
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        disk.go()
        await hanging.value
        try outcome.get()
    }

    private func hold(_ disk: HangingDisk, on loop: isolated EventLoop) async {
        try? await offload.run(until: loop.clock.now + .seconds(60), on: loop) { disk.hang() }
    }
}

private final class HangingDisk: Sendable {
    private let isReached = Atomic(false)
    private let bar: (inner: CInt, outer: CInt)

    init() throws {
        var ends: [CInt] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw TestFailure("there is no pipe") }
        bar = (ends[0], ends[1])
    }

    var hangs: Bool { isReached.load(ordering: .sequentiallyConsistent) }

    func hang() {
        isReached.store(true, ordering: .sequentiallyConsistent)
        var byte: UInt8 = 0
        _ = unsafe read(bar.inner, &byte, 1)
        close(bar.inner)
    }

    func go() { close(bar.outer) }
}
