package import Configuration

/// Something that is wrong in the folder of workflows: which file, where in it, and what to write instead.
package struct WorkflowProblem: Equatable, Sendable, CustomStringConvertible {
    /// Its path.
    package let file: String
    /// Counted from 1; nil where the file itself is the matter.
    package let line: Int?
    /// The dotted key, or empty.
    package let key: String
    package let sentence: String

    package init(file: String, line: Int? = nil, key: String = "", sentence: String) {
        self.file = file
        self.line = line
        self.key = key
        self.sentence = sentence
    }

    package init(_ mistake: Mistake, file: String) {
        let line: Int? = if case .file(_, let mark) = mistake.origin { mark.line } else { nil }
        self.init(file: file, line: line, key: mistake.key, sentence: mistake.what)
    }

    /// `workflows/build.yaml:7: phases.test.needs: there is no phase …`
    package var description: String {
        file + (line.map { ":\($0)" } ?? "") + (key.isEmpty ? ": " : ": \(key): ") + sentence
    }
}
