import Glibc
import Loop

/// Counts, exactly, what a delivered and an echoed message cost a loop: allocations and system calls.
///
///     DeliveryBench [--check]
///
/// With `--check` it exits with 1 when a message allocates, or when what is pending takes more than one send.
@main struct DeliveryBench {
    private static let readers = 1000
    private static let sizes = [1, 16]

    // Not `async`: clients block, and only threads that belong to nobody else may.
    static func main() {
        Signals.blockForProcess()
        raiseDescriptorLimit()
        do {
            let findings = try echo() + fanOut()
            print(Finding.header)
            for finding in findings { print(finding.line) }
            let isGood = findings.allSatisfy(\.isGood)
            exit(isGood || !CommandLine.arguments.contains("--check") ? 0 : 1)
        } catch {
            print("DeliveryBench: \(error)")
            exit(2)
        }
    }

    private static func echo() throws -> [Finding] {
        let count = try EchoCount(port: awaited { try await EchoCount.serve() })
        return try sizes.map { try count.finding(inFlight: $0) }
    }

    private static func fanOut() throws -> [Finding] {
        let server = try awaited { try await RunningServer.start() }
        let findings = try FanOut(server).findings(burstsOf: sizes, readers: readers)
        // Opening the connections took many.
        guard try Counts.settled().allocations > readers else {
            throw BenchError("allocations are not counted here")
        }
        try awaited { await server.stop() }
        return findings
    }

    /// Both ends of all connections are here.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
