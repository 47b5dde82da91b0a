import Terminals
import TestKit
import Testing

@Suite struct ScreenModesTests {
    private static func left(_ text: String) -> String {
        var modes = ScreenModes()
        modes.take(Array(text.utf8))
        return String(decoding: modes.leaving, as: UTF8.self)
    }

    @Test(arguments: [
        ("plain \u{1B}[2J\u{1B}[1;1H text", ""),
        ("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?1000;1006h", "\u{1B}[?1006l\u{1B}[?1000l\u{1B}[?1049l\u{1B}[?25h"),
        ("\u{1B}[?1049h\u{1B}[?2004h\u{1B}[?2004l\u{1B}[?1049l", ""),
        ("\u{1B}[1;31m", "\u{1B}[0m"), ("\u{1B}[1m\u{1B}[m", ""), ("\u{1B}[31m\u{1B}[0m", ""),
        ("\u{1B}[38:2:1:2:3m", "\u{1B}[0m"), ("\u{1B}[38:2::1:2:3m\u{1B}[0m", ""),
        ("\u{1B}=", "\u{1B}>"), ("\u{1B}[3;9r", "\u{1B}7\u{1B}[r\u{1B}8"), ("\u{1B}[3;9r\u{1B}[r", ""),
        ("\u{1B}[4 q", "\u{1B}[0 q"), ("\u{1B}[>1u\u{1B}[>3u\u{1B}[<u", "\u{1B}[<1u"),
        ("\u{1B}[>4;2m", "\u{1B}[>4m"),
        ("\u{1B}(0", "\u{1B}(B"), ("\u{1B}(0\u{1B}(B", ""),
        ("\u{1B}[?1049h\u{1B}[?25l\u{1B}c", ""), ("\u{1B}[?25l\u{1B}[?1h\u{1B}[!p", ""),
        ("\u{1B}]2;\u{1B}\\title\u{7}", ""), ("\u{1B}]0;[?1049h\u{7}", ""), ("\u{1B}Pq[?1049h\u{1B}\\", ""),
        ("\u{1B}[?25", "\u{18}\u{1B}\\"), ("\u{1B}]0;half", "\u{18}\u{1B}\\"),
    ])
    func whatAProgramSwitchedIsSwitchedBack(said: String, leaving: String) {
        #expect(Self.left(said) == leaving)
    }

    @Test func whatSwitchesBackLeavesNothing() {
        let said =
            "\u{1B}[?1049;1000;2004h\u{1B}[?25;7l\u{1B}[5m\u{1B}=\u{1B}[2;3r\u{1B}[>1u\u{1B}(0\u{1B}[2 q\u{1B}[?2"
        #expect(Self.left(said + Self.left(said)) == "")
    }

    @Test func aProgramWithTheWholeScreenIsKnown() {
        var modes = ScreenModes()
        modes.take(Array("\u{1B}[?1049h".utf8))
        #expect(modes.isFullScreen)
        modes.take(Array("\u{1B}[?1049l".utf8))
        #expect(!modes.isFullScreen)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func howeverTheBytesAreCutTheModesAreTheSame(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("\u{1B}\u{1B}\u{1B}[[[??]]P(0B\\;1049h25lmru>c=!pq \u{7}\u{18}x".utf8)
        let bytes = (0..<300).map { _ in alphabet.randomElement(using: &random)! }
        var whole = ScreenModes()
        whole.take(bytes)
        var cut = ScreenModes()
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...7, using: &random))
            rest = rest.dropFirst(piece.count)
            cut.take(piece)
        }
        #expect(whole == cut)
    }
}
