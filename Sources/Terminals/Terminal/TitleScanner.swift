/// Finds the title that a program gives its window (OSC 0 and 2 of xterm) in what it says, whatever pieces that comes
/// in. What is no title costs a look for the escape character.
package struct TitleScanner {
    /// Longer ones are none; one that never ends is given up.
    static let longest = 512

    private enum State {
        case text, escape, command, title, titleEscape
    }

    private var state = State.text
    private var number: UInt32 = 0
    private var title: [UInt8] = []

    /// The last title that `bytes` complete.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> String? {
        var found: String?
        var index = 0
        while index < bytes.count {
            if state == .text {
                guard let next = unsafe bytes[index...].firstIndex(of: 0x1B) else { return found }
                index = next
            }
            if let title = unsafe take(bytes[index]) { found = title }
            index += 1
        }
        return found
    }

    private mutating func take(_ byte: UInt8) -> String? {
        switch (state, byte) {
        case (.text, 0x1B): state = .escape
        case (.text, _): break
        case (.escape, UInt8(ascii: "]")):
            state = .command
            number = 0
        case (.escape, 0x1B): break
        case (.escape, _): state = .text
        case (.command, UInt8(ascii: "0")...UInt8(ascii: "9")) where number < 1000:
            number = number * 10 + UInt32(byte - UInt8(ascii: "0"))
        case (.command, UInt8(ascii: ";")) where number == 0 || number == 2:
            state = .title
            title = []
        case (.command, 0x1B): state = .escape
        case (.command, _): state = .text
        case (.title, 0x07): return finish()
        case (.title, 0x1B): state = .titleEscape
        case (.title, _):
            if title.count >= Self.longest { state = .text } else { title.append(byte) }
        case (.titleEscape, UInt8(ascii: "\\")): return finish()
        // It begins something else.
        case (.titleEscape, _):
            state = .escape
            return take(byte)
        }
        return nil
    }

    private mutating func finish() -> String? {
        state = .text
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: String(decoding: title, as: UTF8.self).unicodeScalars.filter(Self.isShown))
        return String(shown)
    }

    /// What a title says is shown to people: no control characters, neither of ASCII nor of those after it, which begin
    /// commands to a terminal as the escape character does.
    package static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
    }
}
