import CLinux
import Glibc
import Loop

// The project's own load generator: one thread that drives a server on this machine and says what it measured.
// Is it the generator that is the limit? `client_cpu` and `server_cpu` tell; pin both.

hf_print_by_line()
signal(SIGPIPE, SIG_IGN)
guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
    print(Options.usage)
    exit(2)
}
let clock: any LoopClock =
    options.coalesce > 0 ? GatheringClock(microseconds: options.coalesce) : SystemClock()
let group = try LoopGroup(count: 1, clock: clock)
let report = await group.loops[0].drive(options)
print(report.json)
exit(report.isBad ? 1 : 0)

extension EventLoop {
    fileprivate func drive(_ options: Options) async -> Report {
        switch options.mode {
        case .echo: await EchoRun(options).run(on: self)
        case .fanout: await FanoutRun(options).run(on: self)
        case .idle: await IdleRun(options).run(on: self)
        }
    }
}
