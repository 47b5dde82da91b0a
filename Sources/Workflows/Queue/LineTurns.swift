import Loop

/// Lets those who change the line do so one after the other, in the order in which they came, so that it is stored in
/// the order in which it changed. Lives on the line's loop; who has had a turn gives it back.
final class LineTurns {
    /// The first is whose turn it is.
    private var places: [Waiter] = []

    /// Waits for one's turn; false where it did not come in time, and there is nothing to give back.
    func take(until deadline: Instant, on loop: isolated EventLoop) async -> Bool {
        let own = Waiter()
        places.append(own)
        guard places.count > 1 else { return true }
        if case .signalled = await own.wait(until: deadline, on: loop) { return true }
        // The turn may have come in the moment in which the wait was given up.
        if places.first === own { giveBack(on: loop) } else { places.removeAll { $0 === own } }
        return false
    }

    func giveBack(on loop: isolated EventLoop) {
        places.removeFirst()
        places.first?.signal(on: loop)
    }
}
