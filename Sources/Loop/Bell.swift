import Synchronization

/// Is rung from any thread, and heard by the one task that waits on its loop. Ringing before it is heard is ringing
/// once, and what rings before the wait is kept. Ringing after the loop's end does nothing.
package final class Bell: Sendable {
    private let isRung = Atomic<Bool>(false)
    private let place: LoopBound<Waiter>

    package init(on loop: EventLoop) { place = LoopBound(Waiter(), to: loop) }

    package func ring() {
        guard !isRung.exchange(true, ordering: .acquiringAndReleasing) else { return }
        place.loop.executor.post { [place] loop in place.open(on: loop).signal(on: loop) }
    }

    /// Whoever rings after this has come back is heard by the next wait.
    package func wait(until deadline: Instant, on loop: isolated EventLoop) async -> Wake {
        let wake = await place.open(on: loop).wait(until: deadline, on: loop)
        if case .signalled = wake { isRung.store(false, ordering: .sequentiallyConsistent) }
        return wake
    }
}
