import Glibc
import Loop
import Sessions

/// What saying an entry costs, and what telling a reader of it costs, without the kernel: readers take what is
/// pending and send it nowhere.
@main struct LogBench {
    static func main() async throws {
        let group = try LoopGroup(count: 1)
        let bench = group.loops[0]
        for _ in 0..<3 {
            try await bench.measureAppending(entries: 2_000_000)
            for batch in [1, 16] { try await bench.measureTelling(readers: 1000, batch: batch, rounds: 2000) }
        }
        try await bench.measureTelling(readers: 10_000, batch: 16, rounds: 200)
        await group.stop()
    }
}

private final class Listener: LogReader {
    var cursor: Cursor?
    var bytes = 0
    var heard = 0

    func hear(_ log: Log, on loop: isolated EventLoop) {
        heard &+= 1
        while case .slice(let slice) = cursor!.pending(on: loop) {
            bytes &+= slice.byteCount
            cursor!.advance(past: slice)
        }
    }
}

extension EventLoop {
    fileprivate static let type = EntryType("queue_update" as StaticString)
    fileprivate static let window = Window.recent(entries: 8192, bytes: 1 << 20)

    /// Data of a message whose frame is about 128 bytes.
    fileprivate static let data = Array("{\"id\":12345,\"status\":\"running\",\"phase\":\"build\"}".utf8)

    fileprivate func measureAppending(entries: Int) async throws {
        let log = Log(Self.window)
        let began = processorTime()
        for index in 0..<entries {
            try log.append(
                Self.type, data: Self.data.span,
                at: Timestamp(milliseconds: 1_800_000_000_000 + Int64(index / 64)),
                on: self)
        }
        report("append", processorTime() - began, count: entries)
    }

    fileprivate func measureTelling(readers count: Int, batch: Int, rounds: Int) async throws {
        let log = Log(Self.window)
        let readers = (0..<count).map { _ in Listener() }
        for reader in readers { log.attach(reader, after: nil, on: self) }
        let began = processorTime()
        for _ in 0..<rounds {
            for _ in 0..<batch {
                try log.append(
                    Self.type, data: Self.data.span, at: Timestamp(milliseconds: 1_800_000_000_000), on: self)
            }
            await Task.yield()
        }
        while readers.contains(where: { $0.cursor!.next <= log.head }) { await Task.yield() }
        let span = processorTime() - began
        report(
            "tell \(count) readers of \(batch), per reader", span, count: readers.reduce(0) { $0 + $1.heard })
        for reader in readers { log.detach(reader, on: self) }
    }

    /// Of this thread, so that neighbours on the machine do not count.
    private func processorTime() -> Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    private func report(_ what: String, _ span: Duration, count: Int) {
        print("\(what): \(Double(span.nanoseconds * 10 / Int64(count)) / 10) ns")
    }
}
