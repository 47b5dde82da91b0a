/// What a program has switched on a terminal, as far as what it said tells, and how that is switched back when it is
/// left in the middle: its own screen, a hidden cursor, the mouse, pasting in brackets, colours.
///
/// Takes bytes however they are cut. Control sequences as in ECMA-48, 5.4, and xterm's.
package struct ScreenModes: Equatable, Sendable {
    private enum Place: Equatable {
        case text, escape
        /// `ESC (`: the next byte names a set of characters.
        case charset
        /// Another escape with bytes between.
        case longEscape
        case control([UInt8])
        /// A string that a terminal swallows, up to its end: titles, images, clipboards.
        case string, stringEscape
    }

    private static let longestControl = 128
    private static let ownScreens: Set<Int> = [47, 1047, 1049]
    /// Off unless a program asks: how keys come, reversed colours, origin, mouse, focus, pasting, held-back updates.
    private static let usuallyOff: Set<Int> = [
        1, 5, 6, 9, 66, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 2004, 2026,
    ]
    /// On unless a program asks: wrapping at the edge, the cursor.
    private static let usuallyOn: Set<Int> = [7, 25]

    private var place = Place.text
    private var on: Set<Int> = []
    private var off: Set<Int> = []
    private var hasKeypad = false
    private var hasColours = false
    private var hasRegion = false
    private var hasCursorShape = false
    private var hasOtherKeys = false
    private var hasCharset = false
    /// How often kitty's kind of keys was asked for.
    private var keyboards = 0

    package init() {}

    /// Whether a program has the whole screen for itself, which a line of text would spoil.
    package var isFullScreen: Bool { !on.isDisjoint(with: Self.ownScreens) }

    /// Whether no sequence is under way, so that others may be said in between.
    package var isBetweenSequences: Bool { place == .text }

    package mutating func take(_ bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        while let byte = rest.first {
            if place == .text, byte != 0x1B {
                rest = rest.drop { $0 != 0x1B }
                continue
            }
            rest = rest.dropFirst()
            step(byte)
        }
    }

    /// What switches everything back; empty where nothing has to be.
    package var leaving: [UInt8] {
        var text = ""
        // A sequence or string that is cut would swallow what follows.
        if place != .text { text += "\u{18}\u{1B}\\" }
        let modes = on.subtracting(Self.ownScreens)
        for mode in modes.sorted().reversed() { text += "\u{1B}[?\(mode)l" }
        if keyboards > 0 { text += "\u{1B}[<\(keyboards)u" }
        if hasOtherKeys { text += "\u{1B}[>4m" }
        if hasKeypad { text += "\u{1B}>" }
        if hasRegion { text += "\u{1B}7\u{1B}[r\u{1B}8" }
        for screen in on.intersection(Self.ownScreens).sorted() { text += "\u{1B}[?\(screen)l" }
        if hasCharset { text += "\u{1B}(B" }
        if hasCursorShape { text += "\u{1B}[0 q" }
        for mode in off.sorted() { text += "\u{1B}[?\(mode)h" }
        if hasColours { text += "\u{1B}[0m" }
        return Array(text.utf8)
    }

    // MARK: Sequences

    private mutating func step(_ byte: UInt8) {
        switch place {
        case .text: place = .escape
        case .escape: escape(byte)
        case .charset:
            hasCharset = byte != UInt8(ascii: "B")
            place = .text
        case .longEscape: if !(0x20...0x2F).contains(byte) { place = .text }
        case .control(let sofar): control(sofar, byte)
        case .string:
            if byte == 0x1B {
                place = .stringEscape
            } else if [0x07, 0x18, 0x1A].contains(byte) {
                place = .text
            }
        case .stringEscape:
            place = .escape
            if byte == UInt8(ascii: "\\") { place = .text } else { escape(byte) }
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "["): place = .control([])
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            place = .string
        case UInt8(ascii: "("): place = .charset
        case 0x20...0x2F: place = .longEscape
        case 0x1B: place = .escape
        case UInt8(ascii: "c"): self = ScreenModes()
        case UInt8(ascii: "="), UInt8(ascii: ">"):
            hasKeypad = byte == UInt8(ascii: "=")
            place = .text
        default: place = .text
        }
    }

    private mutating func control(_ sofar: [UInt8], _ byte: UInt8) {
        switch byte {
        case 0x1B: place = .escape
        case 0x18, 0x1A: place = .text
        // Control characters in between do what they do, and nothing to the sequence.
        case 0x00...0x1F: break
        case 0x20...0x3F:
            place = sofar.count < Self.longestControl ? .control(sofar + [byte]) : .control(sofar)
        default:
            place = .text
            finish(sofar, byte)
        }
    }

    private mutating func finish(_ sequence: [UInt8], _ final: UInt8) {
        let marks = sequence.filter { !(0x30...0x3B).contains($0) }
        // What stands behind a colon only says more of a number, as in `38:2:1:2:3`.
        let numbers = sequence.filter { (0x30...0x3B).contains($0) }.split(
            separator: UInt8(ascii: ";"), omittingEmptySubsequences: false
        ).map { Int(String(decoding: $0.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)) ?? 0 }
        switch (String(decoding: marks, as: UTF8.self), UnicodeScalar(final)) {
        case ("?", "h"): for mode in numbers { set(mode) }
        case ("?", "l"): for mode in numbers { reset(mode) }
        case ("", "m"): hasColours = numbers.contains { $0 != 0 }
        case ("", "r"): hasRegion = numbers.contains { $0 != 0 }
        case (" ", "q"): hasCursorShape = numbers.contains { $0 != 0 }
        case (">", "m"): if numbers.first == 4 { hasOtherKeys = (numbers.dropFirst().first ?? 0) > 0 }
        case (">", "u"): keyboards += 1
        case ("<", "u"): keyboards = max(0, keyboards - max(1, numbers.first ?? 1))
        case ("!", "p"): softReset()
        default: break
        }
    }

    private mutating func set(_ mode: Int) {
        off.remove(mode)
        if Self.usuallyOff.contains(mode) || Self.ownScreens.contains(mode) { on.insert(mode) }
    }

    private mutating func reset(_ mode: Int) {
        on.remove(mode)
        // Any of them leads back to the usual screen.
        if Self.ownScreens.contains(mode) { on.subtract(Self.ownScreens) }
        if Self.usuallyOn.contains(mode) { off.insert(mode) }
    }

    /// What DECSTR does (xterm, "soft terminal reset").
    private mutating func softReset() {
        on.subtract([1, 6, 66])
        off.remove(25)
        hasKeypad = false
        hasRegion = false
        hasColours = false
        hasCharset = false
    }
}
