import Glibc
import Loop

/// A tree of processes that ignore SIGTERM, double-fork and leave their session: all of it goes, and is counted.
struct ProcessTreeScenario: Scenario {
    let name = "a stubborn process tree"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let size = 200
        // Each half forks away for good: setsid, and a parent that ends at once.
        let script = """
            trap '' TERM INT HUP
            i=0
            while [ $i -lt \(size - 1) ]; do
                if [ $((i % 2)) -eq 0 ]; then (setsid sleep 1000 &) ; else sleep 1000 & fi
                i=$((i + 1))
            done
            echo grown
            wait
            """
        let before = try Nursery.shared().counts
        let child = try await ChildProcess.spawn(
            ProcessSpec(
                "/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"],
                streams: .separate(input: .null, output: .pipe, error: .null)),
            until: loop.now + .seconds(10), on: loop)
        let output = child.takeOutput()!.release()
        defer { close(output) }
        try awaitReadable(output)
        let report = await child.stop(
            StopLadder(afterRequest: .milliseconds(200), afterTerminate: .milliseconds(200)), on: loop)
        try expect(report.remaining == 0, "\(report.remaining) are left")
        try expect(report.seen >= size, "only \(report.seen) of \(size) were seen")
        let after = try Nursery.shared().counts
        try expect(
            after.children == before.children, "children were \(before.children) and are \(after.children)")
        return "\(report.seen) seen, \(report.killed) killed, 0 left after \(report.took)"
    }
}
