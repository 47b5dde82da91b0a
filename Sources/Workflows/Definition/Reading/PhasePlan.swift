/// In which order phases can run, from what each needs.
struct PhasePlan {
    let names: [String]
    /// Their places in the file, each behind those that it needs; whoever is free first in the file comes first.
    /// Those of a circle are not in it.
    private(set) var order: [Int] = []
    private let needs: [String: [String]]

    init(_ phases: [(name: String, needs: [String])]) {
        names = phases.map(\.name)
        needs = Dictionary(phases.map { ($0.name, $0.needs) }) { first, _ in first }
        let known = Set(names)
        var done: Set<String> = []
        var waiting = Array(phases.indices)
        while let next = waiting.firstIndex(where: { index in
            phases[index].needs.allSatisfy { done.contains($0) || !known.contains($0) }
        }) {
            let index = waiting.remove(at: next)
            done.insert(phases[index].name)
            order.append(index)
        }
    }

    /// All that is over before `name` begins.
    func before(_ name: String) -> Set<String> {
        var found: Set<String> = []
        var open = needs[name] ?? []
        while let next = open.popLast() {
            if found.insert(next).inserted { open += needs[next] ?? [] }
        }
        return found
    }

    /// A way that comes back to where it began, if there is one: `a`, `b`, `a` where each needs the next.
    var circle: [String]? {
        let free = Set(order.map { names[$0] })
        guard var name = names.first(where: { !free.contains($0) }) else { return nil }
        // Who is not free needs somebody who is not free, so this comes round within as many steps as there are.
        var way: [String] = []
        while !way.contains(name) {
            way.append(name)
            guard let next = needs[name]?.first(where: { names.contains($0) && !free.contains($0) }) else {
                return nil
            }
            name = next
        }
        return way[way.firstIndex(of: name)!...] + [name]
    }
}
