import Loop
import Wire

/// Connections that are opened and held: what each of them costs the server.
final class IdleRun: LoadDriver {
    private let options: Options
    private lazy var opening = Opening(options, driver: self)

    init(_ options: Options) { self.options = options }

    func run(on loop: isolated EventLoop) async -> Report {
        let before = ProcessUse(of: options.pids)
        let start = nanoseconds()
        opening.start(on: loop)
        _ = await opening.done.wait(until: loop.now + .seconds(120), on: loop)
        let opened = Double(nanoseconds() - start) / 1e9
        await loop.sleep(until: loop.now + .seconds(2))
        let meter = UseMeter(options.pids)
        let after = ProcessUse(of: options.pids)
        await loop.sleep(until: loop.now + .nanoseconds(Int64(options.hold * 1e9)))
        var report = Report(options, opening)
        report.add("conn_per_s", Double(opening.opened) / opened)
        let grown = Double(after.residentBytes - before.residentBytes)
        report.add("rss_bytes_per_conn", grown / Double(max(1, opening.opened)))
        report.add("idle_server_cpu", meter.serverCPU)
        report.isBad = opening.failed > 0
        opening.closeAll(on: loop)
        return report
    }

    func opened(_ connection: LoadConnection, on loop: isolated EventLoop) { opening.opened(on: loop) }
    func received(_ payload: UnsafeRawBufferPointer, on connection: LoadConnection, loop: isolated EventLoop)
    {}
    func readEnded(_ connection: LoadConnection, on loop: isolated EventLoop) {}
    func failed(_ connection: LoadConnection, _ reason: String, on loop: isolated EventLoop) {
        opening.failed(reason, on: loop)
    }
}
