/// Gathers every mistake of one reading, so that all are reported at once.
///
/// It keeps the first hundred and counts the rest: a hostile file must not buy a report as large as itself.
package final class Mistakes {
    private static let kept = 100

    private var found: [Mistake] = []
    private var dropped = 0

    package init() {}

    package var isEmpty: Bool { found.isEmpty }

    package func note(_ origin: Origin, _ key: String, _ what: @autoclosure () -> String) {
        guard found.count < Self.kept else {
            dropped += 1
            return
        }
        found.append(Mistake(origin: origin, key: key.onOneLine(of: 200), what: what().onOneLine(of: 1000)))
    }

    /// The mistakes in the order in which a person would mend them.
    package var inOrder: [Mistake] {
        var sorted = found.enumerated()
            .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
            .map(\.element)
        if dropped > 0, let last = sorted.last {
            sorted.append(Mistake(origin: last.origin, key: "", what: "and \(dropped) more mistakes"))
        }
        return sorted
    }

    /// Throws what was found, if anything was.
    package func check() throws(ConfigurationError) {
        if !isEmpty { throw .mistakes(inOrder) }
    }
}

private func < (left: ((Int, Int, Int), Int), right: ((Int, Int, Int), Int)) -> Bool {
    left.0 == right.0 ? left.1 < right.1 : left.0 < right.0
}

extension String {
    /// At most `length` characters and no control among them: what a file or a variable says ends up on
    /// terminals and in logs, and must not draw there.
    func onOneLine(of length: Int) -> String {
        var line = UnicodeScalarView(unicodeScalars.prefix(length).map { $0.isPrintable ? $0 : "?" })
        if unicodeScalars.count > length { line.append("…") }
        return String(line)
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            false
        default: true
        }
    }
}
