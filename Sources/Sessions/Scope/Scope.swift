/// What a session holds besides its body, in the order in which it took hold of it; given back from the last to
/// the first. Most sessions hold nothing more than their body, and there are many of them: it is one word then.
struct Scope {
    private var holders: [any Holder] = []

    mutating func push(_ holder: any Holder) { holders.append(holder) }

    /// What was taken hold of last, and is given back first.
    var last: (any Holder)? { holders.last }

    /// Takes one out. False when it is not in here.
    mutating func remove(_ holder: any Holder) -> Bool {
        guard let index = holders.lastIndex(where: { $0 === holder }) else { return false }
        holders.remove(at: index)
        return true
    }

    func forEach(_ body: (any Holder) -> Void) {
        for holder in holders { body(holder) }
    }
}
