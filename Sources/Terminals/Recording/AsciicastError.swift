/// Why something is no recording that can be read: the line, counted from 1, and a sentence.
package struct AsciicastError: Error, Equatable, CustomStringConvertible {
    package let line: Int
    package let sentence: String

    init(_ line: Int, _ sentence: String) {
        self.line = line
        self.sentence = sentence
    }

    package var description: String { "line \(line): \(sentence)" }
}
