/// A line that a program wrote, or a piece of one, lent for as long as its taker looks at it. Valid UTF-8.
@safe package struct OutputLine {
    package let text: UnsafeRawBufferPointer
    /// More of the same line follows.
    package let isCut: Bool
    /// It goes on where the piece before was cut.
    package let isContinuation: Bool

    init(_ text: UnsafeRawBufferPointer, isCut: Bool = false, isContinuation: Bool = false) {
        unsafe self.text = text
        self.isCut = isCut
        self.isContinuation = isContinuation
    }

    package var string: String { unsafe String(decoding: text, as: UTF8.self) }
}
