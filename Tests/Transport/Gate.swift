import Loop
import Synchronization

/// Holds up whoever comes until it is opened, from any thread.
final class Gate: Sendable {
    private let isOpen = Atomic<Bool>(false)
    private let reply = Reply<Bool>()

    func pass(on loop: isolated EventLoop) async {
        guard !isOpen.load(ordering: .acquiring) else { return }
        _ = await reply.wait(until: loop.clock.now + .seconds(30), on: loop)
    }

    func open() {
        isOpen.store(true, ordering: .releasing)
        reply.answer(true)
    }
}
