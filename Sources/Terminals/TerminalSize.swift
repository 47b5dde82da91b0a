/// How many characters fit on a terminal's screen.
package struct TerminalSize: Equatable, Sendable, Codable {
    package var cols: UInt16
    package var rows: UInt16

    package static let usual = TerminalSize(cols: 80, rows: 24)

    package init(cols: UInt16, rows: UInt16) {
        self.cols = cols
        self.rows = rows
    }

    /// How many there may be of either.
    private static let sides = 1...1000

    /// Nil where no terminal is like that.
    package init?(checking cols: Int, _ rows: Int) {
        guard Self.sides.contains(cols), Self.sides.contains(rows) else { return nil }
        self.init(cols: UInt16(cols), rows: UInt16(rows))
    }

    /// As much of a screen as a terminal can have.
    package init(within cols: UInt16, _ rows: UInt16) {
        let most = UInt16(Self.sides.upperBound)
        self.init(cols: min(cols, most), rows: min(rows, most))
    }

    /// What fits on both.
    func shrunk(to other: TerminalSize) -> TerminalSize {
        TerminalSize(cols: min(cols, other.cols), rows: min(rows, other.rows))
    }
}
