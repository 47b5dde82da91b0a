import Terminals

/// What is said to a person who looks at another terminal through this one: without spoiling what is drawn there.
///
/// On a terminal it is one dim line of its own, or, while a program has the whole screen, the title of the window;
/// elsewhere a line on standard error. Nothing is said in the middle of a control sequence: it waits for the end of that.
struct TerminalNotices {
    private let isTerminal: Bool
    private var modes = ScreenModes()
    private var hasTitle = false
    private var lines: [String] = []
    /// What waits for the end of a sequence.
    private var waiting: [(text: String, untilCleared: Bool)] = []
    /// A sequence that does not end keeps no more of them, the last.
    private static let mostWaiting = 8

    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// The program says this: it goes to `output`, with what waited for the end of a sequence behind that.
    mutating func pass(_ bytes: [UInt8], to output: inout [UInt8]) {
        var rest = bytes[...]
        while isTerminal, !waiting.isEmpty, let byte = rest.popFirst() {
            modes.take(CollectionOfOne(byte))
            output.append(byte)
            showWaiting(in: &output)
        }
        if isTerminal { modes.take(rest) }
        output += rest
    }

    private mutating func showWaiting(in output: inout [UInt8]) {
        guard modes.isBetweenSequences else { return }
        for notice in waiting { draw(notice.text, in: &output) }
        waiting = []
    }

    /// Says `text`, in `output` or by what `takeLines` gives.
    ///
    /// - Parameter untilCleared: behind the next `clear` it is not true any more.
    mutating func show(_ text: String, untilCleared: Bool = false, in output: inout [UInt8]) {
        guard isTerminal else {
            lines.append(text)
            return
        }
        waiting = (waiting + [(text, untilCleared)]).suffix(Self.mostWaiting)
        showWaiting(in: &output)
    }

    private mutating func draw(_ text: String, in output: inout [UInt8]) {
        if modes.isFullScreen {
            // The title that there was is put aside by the terminal, and back by `clear`.
            output += ((hasTitle ? "" : "\u{1B}[22;2t") + "\u{1B}]2;holdfast: \(text.onOneLine)\u{1B}\\").utf8
            hasTitle = true
        } else {
            output += "\r\n\u{1B}[2mholdfast: \(text.onOneLine)\u{1B}[22m\r\n".utf8
        }
    }

    /// Takes away what does not go by itself.
    mutating func clear(in output: inout [UInt8]) {
        if hasTitle { output += "\u{1B}[23;2t".utf8 }
        hasTitle = false
        waiting.removeAll(where: \.untilCleared)
    }

    mutating func takeLines() -> [String] {
        defer { lines = [] }
        return lines
    }

    /// What gives the screen back as it was found.
    mutating func leave(in output: inout [UInt8]) {
        clear(in: &output)
        output += modes.leaving
        modes = ScreenModes()
        showWaiting(in: &output)
    }
}
