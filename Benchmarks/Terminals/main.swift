// How fast a program's output comes through a terminal: read from the PTY by nothing but a loop of `read`, and by way
// of a holder, the shared window and the terminal's log, in turns. What a reader's socket costs comes on top.
//
// usage: TerminalBench HOLDFAST [LINES [TURNS]]
import CLinux
import Glibc
import Loop
import Sessions
import Terminals

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
    print("usage: TerminalBench HOLDFAST [LINES [TURNS]]")
    exit(64)
}
let lines = arguments.count > 2 ? Int(arguments[2]) ?? 2_000_000 : 2_000_000
let turns = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
let command = ["-c", "exec seq 1 \(lines)"]
let environment = ["PATH": "/usr/bin:/bin"]

struct Silence: AuditTrail {
    func record(_ entry: AuditEntry) {}
}

/// Counts what it is given and keeps nothing.
final class Counter: LogReader {
    var cursor: Cursor?
    private(set) var bytes = 0
    private(set) var lost: UInt64 = 0
    let isOver = Waiter()

    func hear(_ log: Log, on loop: isolated EventLoop) { pull(on: loop) }

    func pull(on loop: isolated EventLoop) {
        while cursor != nil {
            switch cursor!.pending(on: loop) {
            case .slice(let slice):
                bytes += slice.byteCount
                cursor!.advance(past: slice)
            case .gap(let from, let to):
                lost += to - from + 1
                cursor!.skip()
            case .ended:
                cursor!.log.detach(self, on: loop)
                isOver.signal(on: loop)
                return
            case .nothing, .reset, .unreadable: return
            }
        }
    }
}

func bare(on loop: isolated EventLoop) async throws -> Double {
    let spec = ProcessSpec(
        "/bin/sh", command, environment: environment, streams: .terminal(columns: 80, rows: 24))
    let began = SystemClock().now
    let child = try await ChildProcess.spawn(spec, until: began + .seconds(10), on: loop)
    guard let terminal = child.takeTerminal() else { fatalError("a child on a terminal has one") }
    _ = fcntl(terminal.raw, F_SETFL, O_RDWR)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 1 << 16, alignment: 16)
    var count = 0
    while true {
        let taken = unsafe read(terminal.raw, memory, 1 << 16)
        if taken <= 0 { break }
        count += taken
    }
    let seconds = Double((SystemClock().now - began).nanoseconds) / 1e9
    terminal.close()
    unsafe memory.deallocate()
    _ = await child.wait(until: loop.clock.now + .seconds(10), on: loop)
    return Double(count) / seconds / 1e6
}

func held(_ terminals: Terminals, on loop: isolated EventLoop) async throws -> Double {
    let launch = TerminalLaunch("/bin/sh", command, environment: environment)
    let began = SystemClock().now
    let id = try await terminals.begin(
        TerminalRecord(owner: nil, launch: launch, keeps: true), launch, for: nil
    ).record.id
    let terminal = try terminals.terminal(id)
    let (log, arrival) = try await terminal.run { terminal, loop in
        let seat = TerminalSeat(isWriter: false, roomAgain: {}, mustLeave: {})
        return Result {
            (terminal.log, try terminal.join(seat, after: nil, size: nil, takingOver: false, on: loop))
        }
    }.get()
    let counter = Counter()
    await log.attach(counter, after: arrival.place.after, on: loop)
    counter.pull(on: loop)
    _ = await counter.isOver.wait(until: loop.clock.now + .seconds(60), on: loop)
    let seconds = Double((SystemClock().now - began).nanoseconds) / 1e9
    if counter.lost > 0 { print("lost \(counter.lost) entries") }
    return Double(counter.bytes) / seconds / 1e6
}

Signals.blockForProcess()
let group = try LoopGroup(count: 1)
let offload = try Offload(name: "bench", threads: 1, capacity: 16)
var setting = TerminalSetting(folder: "/tmp")
setting.program = arguments[1]
setting.outlive = nil
let sessions = Sessions(loops: group.loops, audit: Silence()) { print("fault: \($0)") }
let terminals = Terminals(setting, sessions: sessions, loops: group.loops, offload: offload)
for _ in 0..<turns {
    let floor = try await bare(on: group.loops[0])
    var before = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &before)
    let ours = try await held(terminals, on: group.loops[0])
    var after = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &after)
    let own =
        Double(
            after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec)
        + Double(
            after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec
                - before.ru_stime.tv_usec) / 1e6
    print("bare_MB_per_s \(floor) held_MB_per_s \(ours) ratio \(ours / floor) server_cpu_s \(own)")
}
_ = await sessions.drain(within: .seconds(10))
await terminals.close()
offload.stop()
await group.stop()
