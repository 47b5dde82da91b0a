/// Builds the tree of one document from the parser's events, within limits.
///
/// What can be passed over (a duplicate key, a tag) is noted and the reading goes on, so that a file's
/// mistakes come out together; what cannot be (broken syntax, a limit) is thrown.
struct YAMLTree: ~Copyable {
    private struct Anchored {
        let node: YAMLNode
        let nodes: Int
        let height: Int
    }

    private var events: YAMLEventSource
    private let file: String
    private let limits: YAMLLimits
    private let mistakes: Mistakes
    private var anchors: [String: Anchored] = [:]
    private var open: Set<String> = []
    private var nodes = 0
    private var deepest = 0

    fileprivate init(_ bytes: [UInt8], file: String, limits: YAMLLimits, mistakes: Mistakes) {
        events = YAMLEventSource(bytes)
        self.file = file
        self.limits = limits
        self.mistakes = mistakes
    }

    /// The root of the only document, or `nil` of a stream that holds none.
    fileprivate mutating func root() throws(YAMLFault) -> YAMLNode? {
        _ = try events.next()
        guard case .documentStart = try events.next().content else { return nil }
        let root = try node(try events.next(), depth: 1)
        _ = try events.next()
        let after = try events.next()
        if case .streamEnd = after.content { return root }
        throw YAMLFault(
            mark: after.mark,
            reason: "a second document begins here; a file holds one: remove the `---` or split the file")
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLFault) -> YAMLNode {
        if case .alias(let name) = event.content { return try alias(name, at: event.mark, depth: depth) }
        try count(1, reaching: depth, at: event.mark)
        if let tag = event.tag, tag != "!" {
            note(
                event.mark, "", "the tag `\(tag.prefix(80))` has no meaning here: write the value without it")
        }
        guard let anchor = event.anchor else { return try content(event, depth: depth) }
        let (nodesBefore, deepestBefore) = (nodes, deepest)
        deepest = depth
        open.insert(anchor)
        let node = try content(event, depth: depth)
        open.remove(anchor)
        anchors[anchor] = Anchored(node: node, nodes: nodes - nodesBefore + 1, height: deepest - depth)
        deepest = max(deepest, deepestBefore)
        return node
    }

    private mutating func content(_ event: YAMLEvent, depth: Int) throws(YAMLFault) -> YAMLNode {
        switch event.content {
        case .scalar(let scalar): YAMLNode(content: .scalar(scalar), mark: event.mark)
        case .sequenceStart: YAMLNode(content: .sequence(try sequence(depth: depth)), mark: event.mark)
        case .mappingStart: YAMLNode(content: .mapping(try mapping(depth: depth)), mark: event.mark)
        // libyaml's grammar lets no other event begin a node.
        default: throw YAMLFault(mark: event.mark, reason: "is not YAML: expected a value")
        }
    }

    private mutating func alias(_ name: String, at mark: YAMLMark, depth: Int) throws(YAMLFault) -> YAMLNode {
        if open.contains(name) {
            throw YAMLFault(mark: mark, reason: "`*\(name)` refers to what it is part of")
        }
        guard let known = anchors[name] else {
            let hint = Suggestion.phrase(for: name, among: anchors.keys.sorted())
            throw YAMLFault(mark: mark, reason: "nothing above is marked `&\(name)`\(hint)")
        }
        try count(known.nodes, reaching: depth + known.height, at: mark)
        return YAMLNode(content: known.node.content, mark: mark)
    }

    private mutating func sequence(depth: Int) throws(YAMLFault) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.content { return items }
            items.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func mapping(depth: Int) throws(YAMLFault) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var marks: [String: YAMLMark] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.content { return entries }
            let name = key(try node(event, depth: depth + 1), at: event.mark)
            let value = try node(try events.next(), depth: depth + 1)
            guard let name else { continue }
            if let first = marks[name] {
                note(event.mark, name, "is given twice: the first is on line \(first.line); keep one of them")
                continue
            }
            marks[name] = event.mark
            entries.append(YAMLEntry(key: name, keyMark: event.mark, value: value))
        }
    }

    /// The text of a key, or `nil` of one that no reader could ask for.
    private func key(_ node: YAMLNode, at mark: YAMLMark) -> String? {
        guard case .scalar(let scalar) = node.content else {
            note(mark, "", "a key must be a word, and this is \(node.kind)")
            return nil
        }
        if scalar.style == .plain, scalar.text == "<<" {
            note(mark, "", "merging with `<<` is not supported: write the keys out")
            return nil
        }
        return scalar.text
    }

    private mutating func count(_ more: Int, reaching depth: Int, at mark: YAMLMark) throws(YAMLFault) {
        nodes += more
        deepest = max(deepest, depth)
        if nodes > limits.nodes {
            let limit = "more than \(limits.nodes) values, with every `*alias` written out"
            throw YAMLFault(mark: mark, reason: "the file is too large: \(limit)")
        }
        if depth > limits.depth {
            throw YAMLFault(mark: mark, reason: "is nested too deeply: more than \(limits.depth) levels")
        }
    }

    private func note(_ mark: YAMLMark, _ key: String, _ what: @autoclosure () -> String) {
        mistakes.note(.file(file, mark), key, what())
    }
}

extension YAMLNode {
    /// Reads the one document of a text. What is wrong with it is noted; `nil` says that nothing can be
    /// made of it. An empty text is an empty mapping.
    package static func read(
        _ bytes: [UInt8], file: String, within limits: YAMLLimits = YAMLLimits(), noting mistakes: Mistakes
    ) -> YAMLNode? {
        let start = YAMLMark(line: 1, column: 1)
        guard bytes.count <= limits.bytes else {
            let limit = "\(ByteSize(limits.bytes)) are allowed, and it has \(bytes.count) bytes"
            mistakes.note(.file(file, start), "", "the file is too large: \(limit)")
            return nil
        }
        if let line = line(ofDirective: limits.directives + 1, in: bytes) {
            let mark = YAMLMark(line: line, column: 1)
            mistakes.note(.file(file, mark), "", "more than \(limits.directives) lines begin with `%`")
            return nil
        }
        do {
            var tree = YAMLTree(bytes, file: file, limits: limits, mistakes: mistakes)
            return try tree.root() ?? YAMLNode(content: .mapping([]), mark: start)
        } catch {
            mistakes.note(.file(file, error.mark), "", error.reason)
            return nil
        }
    }

    /// The line of the `ordinal`th `%` that is a line's first byte. All line breaks of YAML count; the
    /// last bytes of the wide ones (NEL, LS, PS) are taken for them, which can only find too many.
    private static func line(ofDirective ordinal: Int, in bytes: [UInt8]) -> Int? {
        var line = 1
        var found = 0
        var before = UInt8(ascii: "\n")
        for byte in bytes {
            if byte == UInt8(ascii: "%"), [0x0A, 0x0D, 0x85, 0xA8, 0xA9].contains(before) {
                found += 1
                if found == ordinal { return line }
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            before = byte
        }
        return nil
    }
}
