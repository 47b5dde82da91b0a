import Configuration

/// What must hold of every text, however wrong: the tree stays within its limits, marks point into the
/// text, keys are unique, mistakes are printable lines, and settings are had or mistakes are, never neither.
struct Promises {
    private let bytes: [UInt8]
    private let lines: Int
    private let limits = YAMLLimits()

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // YAML breaks lines at CR, NEL, LS and PS too: no text has more lines than bytes.
        lines = bytes.count + 1
    }

    func hold() {
        let mistakes = Mistakes()
        let root = YAMLNode.read(bytes, file: "f", within: limits, noting: mistakes)
        check(mistakes.inOrder)
        guard let root else {
            precondition(!mistakes.isEmpty, "nothing was read, and nothing was said")
            return
        }
        var nodes = 0
        check(root, depth: 1, &nodes)
        readSettings(fileIsWrong: !mistakes.isEmpty)
    }

    private func readSettings(fileIsWrong: Bool) {
        let file = ConfigurationFile(path: "f", bytes: bytes)
        do throws(ConfigurationError) {
            let reading = try SettingSources(file: file).read { Settings($0) }
            precondition(!fileIsWrong, "a wrong file was taken")
            writeBack(reading)
        } catch {
            guard case .mistakes(let all) = error else { preconditionFailure("\(error)") }
            precondition(!all.isEmpty)
            check(all)
        }
    }

    /// What the file said is the same when the environment says it, as `config show` prints it.
    private func writeBack(_ reading: SettingReading<Settings>) {
        let said = reading.entries.filter { $0.origin != .standard }.map { ($0.variable, $0.value) }
        let again = try? SettingSources(environment: Dictionary(uniqueKeysWithValues: said)).read {
            Settings($0)
        }
        precondition(again?.settings == reading.settings, "a value is written otherwise than it was read")
    }

    private func check(_ node: YAMLNode, depth: Int, _ nodes: inout Int) {
        nodes += 1
        precondition(nodes <= limits.nodes && depth <= limits.depth)
        check(node.mark)
        switch node.content {
        case .scalar: break
        case .sequence(let items): for item in items { check(item, depth: depth + 1, &nodes) }
        case .mapping(let entries):
            precondition(Set(entries.map(\.key)).count == entries.count)
            for entry in entries {
                check(entry.keyMark)
                check(entry.value, depth: depth + 1, &nodes)
            }
        }
    }

    private func check(_ mark: YAMLMark) {
        precondition((1...lines).contains(mark.line) && (1...bytes.count + 1).contains(mark.column))
    }

    private func check(_ mistakes: [Mistake]) {
        for mistake in mistakes {
            if case .file(_, let mark) = mistake.origin { check(mark) }
            let line = mistake.description
            precondition(line.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "a mistake is not one line")
            precondition(!mistake.what.isEmpty)
        }
    }
}
