/// First in, first out, in constant time.
struct Fifo<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        elements[head] = nil
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: head <= 1_024)
            head = 0
        } else if head >= 1_024, head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Takes out what `isOut` holds for, and leaves the rest in order.
    mutating func removeAll(where isOut: (Element) -> Bool) -> [Element] {
        var out: [Element] = []
        var kept: [Element?] = []
        while let element = popFirst() {
            if isOut(element) { out.append(element) } else { kept.append(element) }
        }
        elements = kept
        return out
    }

    func forEach(_ body: (Element) -> Void) {
        for case let element? in elements[head...] { body(element) }
    }
}
