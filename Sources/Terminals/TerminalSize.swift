/// How many characters fit on a terminal's screen.
package struct TerminalSize: Equatable, Sendable, Codable {
    package var cols: UInt16
    package var rows: UInt16

    package static let usual = TerminalSize(cols: 80, rows: 24)

    package init(cols: UInt16, rows: UInt16) {
        self.cols = cols
        self.rows = rows
    }

    /// Nil where no screen is like that.
    package init?(checking cols: Int, _ rows: Int) {
        guard (1...1000).contains(cols), (1...1000).contains(rows) else { return nil }
        self.init(cols: UInt16(cols), rows: UInt16(rows))
    }

    /// What fits on both.
    func shrunk(to other: TerminalSize) -> TerminalSize {
        TerminalSize(cols: min(cols, other.cols), rows: min(rows, other.rows))
    }
}
