import Glibc
import Loop
import Wire

/// So many messages under way on each connection, each answered by the next; replies are compared.
final class EchoRun: LoadDriver {
    private let options: Options
    private let payload: [UInt8]
    /// When the messages of a connection that are under way went out, by connection and slot.
    private var sentAt: [Int]
    private var answered: [Int]
    /// Of the connection whose bytes are being read.
    private var heard = 0
    private var latency = Histogram()
    private var isMeasuring = false
    private var mismatches = 0
    private lazy var opening = Opening(options, driver: self)

    init(_ options: Options) {
        self.options = options
        payload = (0..<options.size).map { UInt8(truncatingIfNeeded: 33 + $0 % 90) }
        sentAt = Array(repeating: 0, count: options.connections * max(1, options.pipeline))
        answered = Array(repeating: 0, count: options.connections)
    }

    func run(on loop: isolated EventLoop) async -> Report {
        opening.start(on: loop)
        _ = await opening.done.wait(until: loop.now + .seconds(60), on: loop)
        // Half a second to warm up, then the measured stretch.
        await loop.sleep(until: loop.now + .milliseconds(500))
        let meter = UseMeter(options.pids)
        isMeasuring = true
        await loop.sleep(until: loop.now + .nanoseconds(Int64(options.seconds * 1e9)))
        isMeasuring = false
        var report = Report(options, opening)
        report.add("pipeline", options.pipeline)
        report.add("size", options.size)
        report.add("msgs_per_s", Double(latency.total) / meter.seconds)
        report.add(latency)
        report.add(meter)
        report.add("mismatch", mismatches)
        report.isBad = mismatches > 0 || opening.failed > 0
        opening.closeAll(on: loop)
        return report
    }

    func opened(_ connection: LoadConnection, on loop: isolated EventLoop) {
        opening.opened(on: loop)
        let now = nanoseconds()
        for slot in 0..<options.pipeline {
            sentAt[connection.number * options.pipeline + slot] = now
            unsafe payload.withUnsafeBytes { unsafe connection.queue(.binary, $0, on: loop) }
        }
        connection.flush(on: loop)
    }

    func received(
        _ bytes: UnsafeRawBufferPointer, on connection: LoadConnection, loop: isolated EventLoop
    ) {
        let isSame =
            unsafe bytes.count == payload.count
            && payload.withUnsafeBytes {
                unsafe memcmp($0.baseAddress!, bytes.baseAddress!, bytes.count) == 0
            }
        if !isSame { mismatches += 1 }
        heard += 1
    }

    /// Each answer of the read is followed by the next message.
    func readEnded(_ connection: LoadConnection, on loop: isolated EventLoop) {
        let now = nanoseconds()
        let number = connection.number
        let first = number * options.pipeline
        for answer in answered[number]..<answered[number] + heard {
            let slot = first + answer % options.pipeline
            if isMeasuring { latency.add(now - sentAt[slot]) }
            sentAt[slot] = now
        }
        answered[number] += heard
        unsafe payload.withUnsafeBytes {
            for _ in 0..<heard { unsafe connection.queue(.binary, $0, on: loop) }
        }
        heard = 0
    }

    func failed(_ connection: LoadConnection, _ reason: String, on loop: isolated EventLoop) {
        opening.failed(reason, on: loop)
    }
}
