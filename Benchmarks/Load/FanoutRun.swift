import CLinux
import Loop
import Wire

/// Subscribers that hear what one publisher says; message k goes out when message k − window has reached all.
/// What a turn of the loop made room for goes out together when it ends.
final class FanoutRun: LoadDriver, TurnEnder {
    private let options: Options
    private var reached: [Int] = []
    private var heard: [Int]
    private var published = 0
    private var hasBegun = false
    private var completed = 0
    private var isPublishingPlanned = false
    private var deliveries = 0
    private var latency = Histogram()
    private var measuredFrom = 0
    private var lastDelivery = 0
    /// When what is read now arrived; 0 between two reads.
    private var arrived = 0
    /// Where the last payload lay in what was delivered.
    private var place = 0
    private var publisher: Publisher?
    private var meter: UseMeter?
    private let done = Waiter()
    private lazy var opening = Opening(options, driver: self)

    init(_ options: Options) {
        self.options = options
        heard = Array(repeating: 0, count: options.connections)
        reached = Array(repeating: 0, count: options.messages + options.warm)
    }

    private var total: Int { options.messages + options.warm }

    func run(on loop: isolated EventLoop) async -> Report {
        opening.start(on: loop)
        _ = await opening.done.wait(until: loop.now + .seconds(120), on: loop)
        publisher = await Publisher.open(options, on: loop)
        await loop.sleep(until: loop.now + .nanoseconds(Int64(options.settle * 1e9)))
        hasBegun = true
        publishMore(on: loop)
        while completed < total, publisher?.isBroken == false {
            // A server that delivers nothing for this long has lost something.
            let before = deliveries
            if case .signalled = await done.wait(until: loop.now + .seconds(20), on: loop) { break }
            if deliveries == before { break }
        }
        return report(on: loop)
    }

    private func report(on loop: isolated EventLoop) -> Report {
        let seconds = Double(lastDelivery - measuredFrom) / 1e9
        var report = Report(options, opening)
        let missing = options.messages * options.connections - deliveries
        report.add("size", options.size)
        report.add("msgs", options.messages)
        report.add("window", options.window)
        report.add("deliveries", deliveries)
        report.add("missing", missing)
        report.add("deliv_per_s", seconds > 0 ? Double(deliveries) / seconds : 0)
        report.add(latency)
        if let meter { report.add(meter) }
        report.add("err", publisher?.error ?? opening.firstError)
        report.isBad = missing != 0 || opening.failed > 0
        opening.closeAll(on: loop)
        publisher?.close(on: loop)
        return report
    }

    private func publishMore(on loop: isolated EventLoop) {
        // Subscribers hear what was said before, too; publishing begins when all of them are there.
        guard let publisher, hasBegun else { return }
        var wrote = false
        while published < total, published - completed < options.window {
            if published == options.warm, measuredFrom == 0 {
                // What is measured begins when all of the warming up has arrived.
                guard completed == published else { break }
                meter = UseMeter(options.pids)
                measuredFrom = nanoseconds()
            }
            publisher.queue(Payload.stamped(size: options.size), on: loop)
            published += 1
            wrote = true
        }
        if wrote { publisher.flush(on: loop) }
    }

    func opened(_ connection: LoadConnection, on loop: isolated EventLoop) { opening.opened(on: loop) }

    func received(
        _ bytes: UnsafeRawBufferPointer, on connection: LoadConnection, loop: isolated EventLoop
    ) {
        guard hasBegun, let stamp = unsafe Payload.stamp(in: bytes, near: &place) else { return }
        let index = heard[connection.number]
        guard index < total else { return }
        heard[connection.number] += 1
        if arrived == 0 { arrived = nanoseconds() }
        if index >= options.warm {
            deliveries += 1
            latency.add(arrived - stamp)
            lastDelivery = arrived
        }
        reached[index] += 1
        if reached[index] == opening.opened { completed += 1 }
    }

    func readEnded(_ connection: LoadConnection, on loop: isolated EventLoop) {
        arrived = 0
        if completed == total { done.signal(on: loop) }
        guard !isPublishingPlanned, published < total, published - completed < options.window else { return }
        isPublishingPlanned = true
        loop.atEndOfTurn(self)
    }

    func turnEnds(on loop: isolated EventLoop) {
        isPublishingPlanned = false
        publishMore(on: loop)
    }

    func failed(_ connection: LoadConnection, _ reason: String, on loop: isolated EventLoop) {
        opening.failed(reason, on: loop)
    }
}

/// What is published begins with the time, found again anywhere in what is delivered.
enum Payload {
    private static let mark = Array("wsT:".utf8)
    private static let markWord: UInt32 = 0x3a54_7377

    static func stamped(size: Int) -> [UInt8] {
        var digits = String(UInt64(nanoseconds()), radix: 16)
        digits = String(repeating: "0", count: 16 - digits.count) + digits
        var bytes = mark + Array(digits.utf8)
        while bytes.count < size { bytes.append(UInt8(ascii: "x")) }
        return bytes
    }

    /// - Parameter place: where to look first, and where it was found: nearly always the same.
    static func stamp(in bytes: UnsafeRawBufferPointer, near place: inout Int) -> Int? {
        guard bytes.count >= mark.count + 16 else { return nil }
        let isThere =
            unsafe place + mark.count <= bytes.count
            && bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian == markWord
        if !isThere {
            let found = unsafe hf_find_bytes(bytes.baseAddress!, bytes.count, mark, mark.count)
            guard found >= 0 else { return nil }
            place = found
        }
        let start = place + mark.count
        guard start + 16 <= bytes.count else { return nil }
        var stamp = 0
        for index in start..<start + 16 {
            let digit = unsafe bytes[index]
            stamp = stamp << 4 | Int(digit < 58 ? digit - 48 : digit - 87)
        }
        return stamp
    }
}
