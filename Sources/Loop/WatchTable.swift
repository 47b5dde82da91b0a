/// Who is told about which descriptor: slots that are used again, each with the generation of its tenant.
struct WatchTable {
    private struct Slot {
        var handler: (any ReadinessHandler)?
        var generation: UInt32
        var descriptor: CInt
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []

    var count: Int { slots.count - free.count }

    mutating func insert(_ handler: any ReadinessHandler, of descriptor: CInt) -> WatchToken {
        if let slot = free.popLast() {
            slots[Int(slot)].handler = handler
            slots[Int(slot)].descriptor = descriptor
            return WatchToken(slot: slot, generation: slots[Int(slot)].generation)
        }
        slots.append(Slot(handler: handler, generation: 1, descriptor: descriptor))
        return WatchToken(slot: UInt32(slots.count - 1), generation: 1)
    }

    /// The tenant that `token` was given to, or nil when it has left.
    func handler(of token: WatchToken) -> (any ReadinessHandler)? {
        let slot = slots[Int(token.slot)]
        return slot.generation == token.generation ? slot.handler : nil
    }

    var handlers: [any ReadinessHandler] { slots.compactMap(\.handler) }

    func descriptor(of token: WatchToken) -> CInt? {
        let slot = slots[Int(token.slot)]
        return slot.generation == token.generation ? slot.descriptor : nil
    }

    /// Another handler takes over the descriptor, as when a connection is upgraded.
    mutating func replace(_ token: WatchToken, with handler: any ReadinessHandler) {
        precondition(slots[Int(token.slot)].generation == token.generation, "replaced a watch that is over")
        slots[Int(token.slot)].handler = handler
    }

    mutating func remove(_ token: WatchToken) {
        let index = Int(token.slot)
        guard slots[index].generation == token.generation else { return }
        slots[index].handler = nil
        slots[index].generation &+= 1
        free.append(token.slot)
    }
}
