import CLinux
import Glibc
import Loop
import Transport
import Wire

// An echo server on Transport, and nothing else: what conformance and the echo benchmark are run against.
//
//     holdfast-echo [ADDRESS] [LOOPS]

hf_print_by_line()
signal(SIGPIPE, SIG_IGN)
let arguments = CommandLine.arguments
let text = arguments.count > 1 ? arguments[1] : "127.0.0.1:9001"
guard let address = SocketAddress(parsing: text), let count = Int(arguments.count > 2 ? arguments[2] : "1")
else {
    print("usage: holdfast-echo [ADDRESS] [LOOPS]")
    exit(64)
}

let group = try LoopGroup(count: count)
let policy = TransportPolicy()
let admission = Admission(connections: 19_000, perHost: 19_000, traffic: policy.traffic)
let listener = Listener(EchoService(), policy: policy, admission: admission, loops: group.loops)
do {
    print("echo on \(try await listener.start(on: address))")
} catch {
    print("holdfast-echo: \(error)")
    exit(1)
}
await group.loops[0].sleep(until: .distantFuture)
await group.stop()
