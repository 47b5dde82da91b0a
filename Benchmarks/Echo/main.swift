import CLinux
import EchoService
import Glibc
import Loop
import Transport
import Wire

// An echo server on Transport, and nothing else: what conformance and the echo benchmark are run against.
// As a client it is what the conformance suite examines.
//
//     holdfast-echo [ADDRESS] [LOOPS]
//     holdfast-echo --client URL

hf_print_by_line()
signal(SIGPIPE, SIG_IGN)
let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "--client" {
    guard arguments.count == 2 else { usage() }
    await examine(at: arguments[1])
} else {
    let text = arguments.first ?? "127.0.0.1:9001"
    guard let address = SocketAddress(parsing: text),
        let count = Int(arguments.count > 1 ? arguments[1] : "1")
    else { usage() }
    try await serve(at: address, loops: count)
}

func usage() -> Never {
    print("usage: holdfast-echo [ADDRESS] [LOOPS]\n       holdfast-echo --client URL")
    exit(64)
}

func serve(at address: SocketAddress, loops: Int) async throws {
    let group = try LoopGroup(count: loops)
    let policy = TransportPolicy(.forConformance)
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
}

func examine(at url: String) async {
    do {
        let group = try LoopGroup(count: 1)
        try await ConformanceClient(base: url).run(on: group.loops[0])
        await group.stop()
    } catch {
        print("holdfast-echo: \(error)")
        exit(1)
    }
}

extension TransportPolicy.Values {
    /// The suite sends messages of 16 MiB.
    static var forConformance: Self {
        var values = Self()
        values.webSocket = WebSocketLimits(message: 16 << 20)
        values.outboundBytes = 4 << 20
        values.compressionThreshold = 256
        return values
    }
}
