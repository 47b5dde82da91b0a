/// Something that a task says beside its state: a line of output, or a word of the server about it.
package struct TaskEvent: Equatable, Sendable {
    package enum Stream: String, Sendable, CaseIterable {
        case stdout, stderr
        /// What the server says.
        case system
    }

    /// What kind of line it is: as it came, or said by `::notice::` and its kin.
    package enum Level: String, Sendable, CaseIterable {
        case output, notice, warning, error, group, endGroup = "endgroup"
    }

    package var stream: Stream
    package var level: Level
    /// The phase that said it.
    package var phase: String?
    package var text: String
    /// It is a piece of a line that was longer than one event may be; more of it follows.
    package var isCut: Bool

    package init(
        _ stream: Stream, _ level: Level = .output, phase: String?, _ text: String, isCut: Bool = false
    ) {
        self.stream = stream
        self.level = level
        self.phase = phase
        self.text = text
        self.isCut = isCut
    }

    /// A line of output is never longer, in bytes; a longer one is split and marked.
    package static let longestText = 64 << 10
}
