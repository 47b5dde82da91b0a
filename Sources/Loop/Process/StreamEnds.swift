import CLinux
import Glibc

/// The two sides of a child's standard streams while it is being born: the inner ones for the child,
/// the outer ones for us. -1 stands for none.
struct StreamEnds: Sendable {
    private(set) var inner: [CInt] = [-1, -1, -1]
    private(set) var outer: [CInt] = [-1, -1, -1]
    private(set) var innerTerminal: CInt = -1
    private(set) var outerTerminal: CInt = -1
    /// The inner ends that were made here, not lent.
    private var made: [CInt] = []

    init(_ streams: ProcessSpec.Streams) throws(SystemError) {
        do throws(SystemError) {
            switch streams {
            case .separate(let input, let output, let error):
                for (index, stream) in [input, output, error].enumerated() { try connect(index, to: stream) }
            case .terminal(let columns, let rows):
                outerTerminal = unsafe hf_open_terminal(columns, rows, &innerTerminal)
                guard outerTerminal >= 0 else { throw SystemError("openpty") }
                made = [innerTerminal]
            }
        } catch {
            closeInner()
            closeOuter()
            throw error
        }
    }

    /// Once the child has them, or has failed to be born.
    func closeInner() { for end in made { close(end) } }

    func closeOuter() { for end in outer + [outerTerminal] where end >= 0 { close(end) } }

    private mutating func connect(_ index: Int, to stream: ProcessSpec.Stream) throws(SystemError) {
        switch stream {
        case .null: break
        case .descriptor(let lent): inner[index] = lent.raw
        case .pipe:
            var ends: [CInt] = [0, 0]
            guard unsafe hf_pipe(&ends) == 0 else { throw SystemError("pipe2") }
            let (ours, theirs) = index == 0 ? (ends[1], ends[0]) : (ends[0], ends[1])
            outer[index] = ours
            inner[index] = theirs
            made.append(theirs)
            guard fcntl(ours, F_SETFL, O_NONBLOCK) == 0 else { throw SystemError("fcntl") }
        }
    }
}
