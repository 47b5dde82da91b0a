/// Whoever is told that its time has come. Lives on one loop.
package protocol TimerHandler: AnyObject {
    func due(_ timer: TimerToken, on loop: isolated EventLoop)
}

/// One armed timer; worthless once it has fired or was cancelled.
package struct TimerToken: Equatable, Sendable {
    let slot: UInt32
    let generation: UInt32

    /// Of no timer, for those who have no room for an optional one.
    package static let none = TimerToken(slot: .max, generation: 0)
}

/// The deadlines of one loop: a four-ary heap that knows where each timer stands,
/// so arming, moving and cancelling are O(log n) and nothing dead is left in it.
struct TimerHeap {
    private struct Slot {
        var handler: (any TimerHandler)?
        var position: UInt32
        var generation: UInt32
    }

    /// The heap: deadlines, and beside each the slot that it belongs to.
    private var deadlines: [Instant] = []
    private var owners: [UInt32] = []
    private var slots: [Slot] = []
    private var free: [UInt32] = []

    var count: Int { deadlines.count }
    var earliest: Instant? { deadlines.first }

    mutating func arm(_ handler: any TimerHandler, at deadline: Instant) -> TimerToken {
        let slot: UInt32
        if let used = free.popLast() {
            slot = used
            slots[Int(slot)].handler = handler
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot(handler: handler, position: 0, generation: 1))
        }
        deadlines.append(deadline)
        owners.append(slot)
        rise(deadlines.count - 1)
        return TimerToken(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// Gives an armed timer another time. False when it has fired or was cancelled.
    @discardableResult
    mutating func move(_ token: TimerToken, to deadline: Instant) -> Bool {
        guard isArmed(token) else { return false }
        let position = Int(slots[Int(token.slot)].position)
        let before = deadlines[position]
        deadlines[position] = deadline
        if deadline < before { rise(position) } else { sink(position) }
        return true
    }

    @discardableResult
    mutating func cancel(_ token: TimerToken) -> Bool {
        guard isArmed(token) else { return false }
        remove(at: Int(slots[Int(token.slot)].position))
        return true
    }

    private func isArmed(_ token: TimerToken) -> Bool {
        Int(token.slot) < slots.count && slots[Int(token.slot)].generation == token.generation
    }

    /// Takes out the earliest timer that is due at `now`.
    mutating func popDue(at now: Instant) -> (handler: any TimerHandler, token: TimerToken)? {
        guard let first = deadlines.first, first <= now else { return nil }
        let owner = owners[0]
        let slot = slots[Int(owner)]
        remove(at: 0)
        return (slot.handler!, TimerToken(slot: owner, generation: slot.generation))
    }

    private mutating func remove(at position: Int) {
        let slot = Int(owners[position])
        slots[slot].handler = nil
        slots[slot].generation &+= 1
        free.append(UInt32(slot))
        let deadline = deadlines.removeLast()
        let owner = owners.removeLast()
        guard position < deadlines.count else { return }
        place(deadline, of: owner, at: position)
        rise(position)
        sink(Int(slots[Int(owner)].position))
    }

    private mutating func rise(_ start: Int) {
        var position = start
        let (deadline, owner) = (deadlines[position], owners[position])
        while position > 0 {
            let parent = (position - 1) / 4
            guard deadline < deadlines[parent] else { break }
            place(deadlines[parent], of: owners[parent], at: position)
            position = parent
        }
        place(deadline, of: owner, at: position)
    }

    private mutating func sink(_ start: Int) {
        var position = start
        let (deadline, owner) = (deadlines[position], owners[position])
        while true {
            let first = position * 4 + 1
            guard first < deadlines.count else { break }
            var least = first
            for child in (first + 1)..<max(first + 1, min(first + 4, deadlines.count))
            where deadlines[child] < deadlines[least] {
                least = child
            }
            guard deadlines[least] < deadline else { break }
            place(deadlines[least], of: owners[least], at: position)
            position = least
        }
        place(deadline, of: owner, at: position)
    }

    private mutating func place(_ deadline: Instant, of owner: UInt32, at position: Int) {
        deadlines[position] = deadline
        owners[position] = owner
        slots[Int(owner)].position = UInt32(position)
    }
}
