import Testing

@testable import Terminals

@Suite struct TitleScannerTests {
    private func titles(_ pieces: [UInt8]...) -> [String] {
        var scanner = TitleScanner()
        return pieces.compactMap { piece in unsafe piece.withUnsafeBytes { unsafe scanner.scan($0) } }
    }

    @Test func aTitleIsFoundInWhateverPiecesItComes() {
        let text = Array("a\u{1B}]0;hällo\u{7}b\u{1B}]2;two\u{1B}\\c".utf8)
        #expect(titles(text) == ["two"])
        for cut in 1..<text.count {
            let found = titles(Array(text[..<cut]), Array(text[cut...]))
            #expect(found.last == "two" && found.allSatisfy { ["hällo", "two"].contains($0) }, "\(cut)")
        }
    }

    /// Also not those after ASCII: U+009B begins a command to a terminal as ESC [ does.
    @Test func aTitleHasNoControlCharacters() {
        #expect(titles(Array("\u{1B}]0;never ended\u{1B}]2;next\u{7}".utf8)) == ["next"])
        #expect(titles(Array("\u{1B}]0;a\u{9B}31mb\u{85}c\u{A0}é\td\u{7}".utf8)) == ["a31mbc\u{A0}éd"])
        // A byte that is no UTF-8 is shown as such.
        #expect(titles(Array("\u{1B}]0;a".utf8) + [0x9B] + Array("b\u{7}".utf8)) == ["a\u{FFFD}b"])
    }
}
