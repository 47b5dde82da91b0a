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
    private struct Entry {
        var deadline: Instant
        var slot: UInt32
    }

    private struct Slot {
        var handler: (any TimerHandler)?
        var position: UInt32
        var generation: UInt32
    }

    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var free: [UInt32] = []

    var count: Int { heap.count }
    var earliest: Instant? { heap.first?.deadline }

    mutating func arm(_ handler: any TimerHandler, at deadline: Instant) -> TimerToken {
        let slot: UInt32
        if let used = free.popLast() {
            slot = used
            slots[Int(slot)].handler = handler
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot(handler: handler, position: 0, generation: 1))
        }
        heap.append(Entry(deadline: deadline, slot: slot))
        rise(heap.count - 1)
        return TimerToken(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// Gives an armed timer another time. False when it has fired or was cancelled.
    @discardableResult
    mutating func move(_ token: TimerToken, to deadline: Instant) -> Bool {
        guard isArmed(token) else { return false }
        let position = Int(slots[Int(token.slot)].position)
        let before = heap[position].deadline
        heap[position].deadline = deadline
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
        guard let first = heap.first, first.deadline <= now else { return nil }
        let slot = slots[Int(first.slot)]
        remove(at: 0)
        return (slot.handler!, TimerToken(slot: first.slot, generation: slot.generation))
    }

    private mutating func remove(at position: Int) {
        let slot = heap[position].slot
        slots[Int(slot)].handler = nil
        slots[Int(slot)].generation &+= 1
        free.append(slot)
        let last = heap.removeLast()
        guard position < heap.count else { return }
        heap[position] = last
        slots[Int(last.slot)].position = UInt32(position)
        rise(position)
        sink(Int(slots[Int(last.slot)].position))
    }

    private mutating func rise(_ start: Int) {
        var position = start
        let entry = heap[position]
        while position > 0 {
            let parent = (position - 1) / 4
            guard entry.deadline < heap[parent].deadline else { break }
            place(heap[parent], at: position)
            position = parent
        }
        place(entry, at: position)
    }

    private mutating func sink(_ start: Int) {
        var position = start
        let entry = heap[position]
        while true {
            let first = position * 4 + 1
            guard first < heap.count else { break }
            var least = first
            for child in (first + 1)..<max(first + 1, min(first + 4, heap.count))
            where heap[child].deadline < heap[least].deadline {
                least = child
            }
            guard heap[least].deadline < entry.deadline else { break }
            place(heap[least], at: position)
            position = least
        }
        place(entry, at: position)
    }

    private mutating func place(_ entry: Entry, at position: Int) {
        heap[position] = entry
        slots[Int(entry.slot)].position = UInt32(position)
    }
}
