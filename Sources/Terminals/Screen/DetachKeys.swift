/// The keys that, typed one after the other, leave a terminal. They themselves are not typed into it; the beginning
/// of them is held back until the next key shows what it was.
package struct DetachKeys: Equatable, Sendable {
    private let sequence: [UInt8]
    private var held = 0

    /// - Parameter text: `ctrl-p,ctrl-q`, as docker has it: single characters, or `ctrl-` and one of `a` to `z`,
    ///   `@[\]^_`. Empty: nothing leaves.
    package init?(_ text: String) {
        var sequence: [UInt8] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) where !text.isEmpty {
            guard let key = Self.key(word) else { return nil }
            sequence.append(key)
        }
        self.sequence = sequence
    }

    /// Ctrl-P, Ctrl-Q.
    package static let standard = DetachKeys([0x10, 0x11])

    private init(_ sequence: [UInt8]) { self.sequence = sequence }

    /// As they are written on a command line.
    package var text: String {
        sequence.map { key in
            guard key < 0x20 else { return String(UnicodeScalar(key)) }
            return "ctrl-" + String(UnicodeScalar(key | 0x40)).lowercased()
        }.joined(separator: ",")
    }

    /// Takes what was typed, and says what of it, and of what was held back, is for the terminal, and whether the
    /// person leaves. What comes behind the keys is for nobody.
    package mutating func take(_ typed: some Collection<UInt8>) -> (passed: [UInt8], leaves: Bool) {
        guard !sequence.isEmpty else { return (Array(typed), false) }
        var passed: [UInt8] = []
        for key in typed {
            // The longest end of what was typed that may still become the sequence is held on to.
            while held > 0, sequence[held] != key {
                let kept = Self.overlap(sequence, held)
                passed += sequence[..<(held - kept)]
                held = kept
            }
            if sequence[held] == key { held += 1 } else { passed.append(key) }
            if held == sequence.count {
                held = 0
                return (passed, true)
            }
        }
        return (passed, false)
    }

    /// What is held back, when nothing more is typed.
    package mutating func finish() -> [UInt8] {
        defer { held = 0 }
        return Array(sequence[..<held])
    }

    /// How much of the first `count` keys ends as the sequence begins, short of all of them.
    private static func overlap(_ sequence: [UInt8], _ count: Int) -> Int {
        (0..<count).last { sequence[..<$0] == sequence[(count - $0)..<count] } ?? 0
    }

    private static func key(_ word: Substring) -> UInt8? {
        let bytes = Array(word.utf8)
        if bytes.count == 1, (0x21...0x7E).contains(bytes[0]) { return bytes[0] }
        guard bytes.count == 6, word.lowercased().hasPrefix("ctrl-") else { return nil }
        switch bytes[5] {
        case 0x40...0x5F: return bytes[5] & 0x1F
        case 0x61...0x7A: return bytes[5] & 0x1F
        default: return nil
        }
    }
}
