import Terminals

/// What is said to a person who looks at another terminal through this one: without spoiling what is drawn there.
///
/// On a terminal it is one dim line of its own, or, while a program has the whole screen, the title of the window;
/// elsewhere a line on standard error. Nothing is said in the middle of a control sequence.
struct TerminalNotices {
    private let isTerminal: Bool
    private var modes = ScreenModes()
    private var hasTitle = false
    private var lines: [String] = []

    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// The program says this.
    mutating func hear(_ bytes: [UInt8]) { if isTerminal { modes.take(bytes) } }

    /// Says `text`, in `output` or by what `takeLines` gives.
    mutating func show(_ text: String, in output: inout [UInt8]) {
        guard isTerminal else {
            lines.append(text)
            return
        }
        guard modes.isBetweenSequences else { return }
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
    }
}
