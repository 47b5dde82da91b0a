// What an idle session costs: 100,000 of them on one loop, each with a body and one thing more that it
// holds. It prints bytes of the allocator per session, and nanoseconds for each step of its life.
import CLinux
import Loop
import Sessions

let count = 100_000
let group = try LoopGroup(count: 1)
let sessions = Sessions(loops: group.loops, audit: Silence()) { print("fault: \($0)") }
// The second round finds the memory of the first.
for _ in 1...2 {
    for line in await measure(count, in: sessions, on: group.loops[0]) { print(line) }
}
await group.stop()

struct Silence: AuditTrail {
    func record(_ entry: AuditEntry) {}
}

final class Listener: SessionBody, Held {
    let peer = "peer"
    var isOpen = true
    var holding: Holdings { isOpen ? [.descriptor: 1, .watch: 1] : .none }
    func giveBack(on loop: isolated EventLoop) { isOpen = false }
}

final class Reader: Held {
    var isOpen = true
    var holding: Holdings { isOpen ? [.subscription: 1] : .none }
    func giveBack(on loop: isolated EventLoop) { isOpen = false }
}

func measure(_ count: Int, in sessions: Sessions, on loop: isolated EventLoop) -> [String] {
    let registry = sessions.registry(on: loop)
    let owner = SessionOwner(account: "ann", signIn: "laptop")
    let bodies = (0..<count).map { _ in Listener() }
    let readers = (0..<count).map { _ in Reader() }
    let before = allocated()
    let opening = nanoseconds(count) { index in
        let session = registry.open(.channel, owner: owner, body: bodies[index], on: loop)
        session.hold(readers[index], on: loop)
        _ = session.opened(on: loop)
    }
    let bytes = Double(allocated() - before) / Double(count)
    withExtendedLifetime((bodies, readers)) {}
    let listing = nanoseconds(1) { _ in _ = registry.snapshot(on: loop) }
    let ending = nanoseconds(1) { _ in _ = registry.end(.all, with: Ending(.peerLeft), on: loop) }
    return [
        "sessions \(count)", "bytes_per_session \(bytes)", "open_ns \(opening)",
        "snapshot_ns_per_session \(listing / count)", "end_ns_per_session \(ending / count)",
    ]
}

func allocated() -> Int { Int(mallinfo2().uordblks) + Int(mallinfo2().hblkhd) }

func nanoseconds(_ count: Int, _ step: (Int) -> Void) -> Int {
    let start = SystemClock().now
    for index in 0..<count { step(index) }
    return Int((SystemClock().now - start).nanoseconds) / count
}
