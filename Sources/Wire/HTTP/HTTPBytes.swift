import Glibc

extension UInt8 {
    @inline(__always) var isToken: Bool { ASCIISet.token.contains(self) }

    /// May stand in a field value (RFC 9110 5.5): visible, space, tab, or above ASCII. Never CR, LF or NUL.
    @inline(__always) var isFieldContent: Bool { self >= 0x20 ? self != 0x7F : self == ASCII.tab }

    @inline(__always) var isBlank: Bool { self == ASCII.space || self == ASCII.tab }

    @inline(__always) var decimal: UInt8? {
        let digit = self &- UInt8(ascii: "0")
        return digit < 10 ? digit : nil
    }

    @inline(__always) var hexadecimal: UInt8? {
        if let digit = decimal { return digit }
        let letter = (self | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }

    @inline(__always) var lowercased: UInt8 {
        self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self
    }
}

extension Span<UInt8> {
    /// The place of the first `byte` at or after `start`.
    @inline(__always)
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        unsafe withUnsafeBytes { all in
            guard start < all.count, let base = all.baseAddress else { return nil }
            // Inside `all`: `start` is below its count, and the length searched is what is left of it.
            guard let hit = unsafe memchr(base + start, CInt(byte), all.count - start) else { return nil }
            return unsafe UnsafeRawPointer(hit) - base
        }
    }

    func equals(_ text: String) -> Bool {
        let other = text.utf8.span
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index].lowercased != other[index].lowercased { return false }
        return true
    }

    func equalsIgnoringCase(_ text: String) -> Bool { equalsIgnoringCase(text.utf8.span) }

    /// `range` without the spaces and tabs at its ends.
    func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, self[lower].isBlank { lower += 1 }
        while lower < upper, self[upper - 1].isBlank { upper -= 1 }
        return lower..<upper
    }

    func text(_ range: Range<Int>) -> String {
        // Copied before the borrow ends.
        unsafe extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    var copied: [UInt8] {
        // Copied before the borrow ends.
        unsafe withUnsafeBufferPointer { unsafe [UInt8]($0) }
    }
}

extension [UInt8] {
    /// Appends the whole of `bytes`, in one copy.
    @inline(__always)
    package mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    @inline(__always)
    mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    mutating func append(decimal number: UInt64) { append(String(number)) }

    static var lineEnd: [UInt8] { [ASCII.carriageReturn, ASCII.lineFeed] }
}
