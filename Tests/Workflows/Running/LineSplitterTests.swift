import Testing

@testable import Workflows

/// A line as it was lent, kept.
private struct Kept: Equatable {
    var text: String
    var isCut = false
    var isContinuation = false
}

private func split(
    _ pieces: [[UInt8]], limit: Int = TaskEvent.longestText, secrets: [String] = []
) -> [Kept] {
    let splitter = LineSplitter(limit: limit, mask: SecretMask(secrets))
    var lines: [Kept] = []
    let take = { (line: OutputLine) in
        lines.append(Kept(text: line.string, isCut: line.isCut, isContinuation: line.isContinuation))
    }
    for piece in pieces { unsafe piece.withUnsafeBytes { unsafe splitter.accept($0, take) } }
    splitter.finish(take)
    return lines
}

private func split(_ text: String, limit: Int = TaskEvent.longestText, secrets: [String] = []) -> [Kept] {
    split([Array(text.utf8)], limit: limit, secrets: secrets)
}

@Suite struct LineSplitterTests {
    @Test func linesEndAtANewlineBeforeWhichAReturnGoes() {
        #expect(
            split("a\r\n\nb\rc\r\r\n\0\u{7}\n  end").map(\.text)
                == ["a", "", "b\rc\r", "\0\u{7}", "  end"])
        #expect(split("") == [])
        #expect(split("a\r").map(\.text) == ["a"])
    }

    @Test(
        arguments: [
            ([0xFF], "\u{FFFD}"), ([0x61, 0xC3], "a\u{FFFD}"), ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
            ([0xF0, 0x9F, 0x98, 0x61], "\u{FFFD}a"), ([0xE2, 0x82, 0xE2, 0x82, 0xAC], "\u{FFFD}€"),
            ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
        ] as [([UInt8], String)])
    func eachMaximalBadSequenceBecomesOneReplacement(_ bytes: [UInt8], _ text: String) {
        #expect(split([bytes + [0x0A]]).map(\.text) == [text])
    }

    @Test func whereTheReadsAreCutMakesNoDifference() {
        let text =
            Array("a\r\nshort secret-one line\n\n0123456789abcdé€😀secret-onesecret-two-".utf8)
            + [0xFF, 0xE2, 0x82] + Array("xyz\r\n\nlast 😀😀😀😀😀😀😀 secret-one".utf8)
        let whole = split([text], limit: 16, secrets: ["secret-one", "secret-two"])
        #expect(whole.count > 10)
        #expect(whole.allSatisfy { $0.text.utf8.count <= 16 })
        for first in 0...text.count {
            for second in stride(from: first, through: text.count, by: 3) {
                let pieces = [Array(text[..<first]), Array(text[first..<second]), Array(text[second...])]
                #expect(
                    split(pieces, limit: 16, secrets: ["secret-one", "secret-two"]) == whole,
                    "\(first), \(second)")
            }
        }
        #expect(
            split(text.map { [$0] }, limit: 16, secrets: ["secret-one", "secret-two"]) == whole)
    }

    @Test func aLineOfAMebibyteComesInMarkedPieces() {
        let text = String(repeating: "0123456789abcdef", count: 1 << 16)
        let lines = split(text + "\nnext\n")
        #expect(lines.count == 17)
        #expect(lines.dropLast().map(\.text).joined() == text)
        #expect(lines.prefix(15).allSatisfy { $0.isCut && $0.text.utf8.count == 65536 })
        #expect(!lines[15].isCut && lines[15].isContinuation && !lines[0].isContinuation)
        #expect(lines[16] == Kept(text: "next"))
    }

    @Test func aLineOfExactlyTheLimitIsWhole() {
        let text = String(repeating: "x", count: 16)
        #expect(split(text + "\r\n", limit: 16) == [Kept(text: text)])
        #expect(
            split(text + "y\n", limit: 16) == [
                Kept(text: text, isCut: true), Kept(text: "y", isContinuation: true),
            ])
    }

    @Test(arguments: 0..<5)
    func noCharacterIsParted(_ shift: Int) {
        let text = String(repeating: "x", count: shift) + String(repeating: "😀", count: 20)
        let lines = split(text + "\n", limit: 16)
        #expect(lines.map(\.text).joined() == text)
        #expect(lines.allSatisfy { $0.text.utf8.count <= 16 })
    }

    @Test(arguments: 0..<24, [1, 5, 100])
    func noPartOfASecretIsShownWhereverTheLineIsCut(_ shift: Int, _ read: Int) {
        let text = String(repeating: ".", count: shift) + "TOPSECRET" + String(repeating: "-", count: 20)
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: read).map { Array(bytes[$0...].prefix(read)) }
        let shown = split(pieces, limit: 16, secrets: ["TOPSECRET"]).map(\.text).joined()
        #expect(!shown.contains { $0.isLetter }, "\(shown)")
        #expect(shown.split(separator: "***", omittingEmptySubsequences: false).count == 2, "\(shown)")
        #expect(shown.count { $0 == "-" } == 20)
    }

    @Test func secretsThatOverlapWithoutEndAreHiddenWhole() {
        let lines = split(String(repeating: "ab", count: 50) + "!\n", limit: 16, secrets: ["abab"])
        #expect(lines.map(\.text).joined().replacing("***", with: "") == "!")
    }

    @Test func whatIsMendedIsNotLongerThanTheLimit() {
        let lines = split([[UInt8](repeating: 0xFF, count: 40) + [0x0A]], limit: 16)
        #expect(lines.allSatisfy { $0.text.utf8.count <= 16 })
        #expect(lines.map(\.text).joined() == String(repeating: "\u{FFFD}", count: 40))
        #expect(lines.dropLast().allSatisfy(\.isCut) && lines.last?.isCut == false)
    }

    @Test func aSecretThatALineNamesIsHiddenFromTheNextOn() {
        let mask = SecretMask()
        let splitter = LineSplitter(mask: mask)
        var lines: [String] = []
        unsafe Array("one hush\ntwo hush\n".utf8).withUnsafeBytes {
            unsafe splitter.accept($0) { line in
                lines.append(line.string)
                mask.add("hush")
            }
        }
        #expect(lines == ["one hush", "two ***"])
    }
}
