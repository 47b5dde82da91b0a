/// What a session holds, in the order in which it took hold of it; given back from the last to the first.
///
/// The first stands in the session itself: most sessions hold nothing more, and there are many of them.
struct Scope {
    private var first: (any Holder)?
    private var rest: [any Holder] = []

    mutating func push(_ holder: any Holder) {
        if first == nil { first = holder } else { rest.append(holder) }
    }

    /// What was taken hold of last, and is given back first.
    var last: (any Holder)? { rest.last ?? first }

    /// Takes one out. False when it is not in here.
    mutating func remove(_ holder: any Holder) -> Bool {
        if first === holder {
            first = rest.isEmpty ? nil : rest.removeFirst()
            return true
        }
        guard let index = rest.lastIndex(where: { $0 === holder }) else { return false }
        rest.remove(at: index)
        return true
    }

    func forEach(_ body: (any Holder) -> Void) {
        if let first { body(first) }
        for holder in rest { body(holder) }
    }
}
