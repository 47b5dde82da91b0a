extension JSONText {
    /// The most bytes that one byte of text becomes.
    package static let longestEscape = 6

    /// Writes `text`, which is valid UTF-8, as it stands between quotes. Returns how many bytes that are.
    ///
    /// - Parameter target: has room for `longestEscape` times as many bytes as the text has.
    package static func escape(
        _ text: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer
    ) -> Int {
        guard let source = text.baseAddress else { return 0 }
        var (read, written) = (0, 0)
        // Loads stay below `text.count` by the conditions; at most six bytes are stored for each that was read.
        while read &+ 8 <= text.count {
            let word = unsafe source.loadUnaligned(fromByteOffset: read, as: UInt64.self)
            if mustEscape(word) {
                for index in read..<read &+ 8 {
                    unsafe written &+= put(
                        source.load(fromByteOffset: index, as: UInt8.self), target + written)
                }
            } else {
                unsafe target.storeBytes(of: word, toByteOffset: written, as: UInt64.self)
                written &+= 8
            }
            read &+= 8
        }
        while read < text.count {
            unsafe written &+= put(source.load(fromByteOffset: read, as: UInt8.self), target + written)
            read &+= 1
        }
        return written
    }

    /// Whether one of eight bytes is a control character, a quote or a backslash; it may also say so of eight that
    /// hold none, never the other way round. Each term is the usual test for a byte below, or equal to, a constant.
    @inline(__always)
    private static func mustEscape(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let control = (word &- ones &* 0x20) & ~word
        let equal = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        return (control | equal) & (ones &* 0x80) != 0
    }

    @inline(__always)
    private static func put(_ byte: UInt8, _ target: UnsafeMutableRawPointer) -> Int {
        if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            unsafe target.storeBytes(of: byte, as: UInt8.self)
            return 1
        }
        return unsafe putEscaped(byte, target)
    }

    private static func putEscaped(_ byte: UInt8, _ target: UnsafeMutableRawPointer) -> Int {
        unsafe target.storeBytes(of: UInt8(ascii: "\\"), as: UInt8.self)
        let letter: UInt8
        switch byte {
        case UInt8(ascii: "\n"): letter = UInt8(ascii: "n")
        case UInt8(ascii: "\r"): letter = UInt8(ascii: "r")
        case UInt8(ascii: "\t"): letter = UInt8(ascii: "t")
        case 0..<0x20:
            let digits: [5 of UInt8] = [
                UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0"), hexDigit(byte >> 4),
                hexDigit(byte & 15),
            ]
            for index in digits.indices {
                unsafe target.storeBytes(of: digits[index], toByteOffset: 1 + index, as: UInt8.self)
            }
            return 6
        default: letter = byte
        }
        unsafe target.storeBytes(of: letter, toByteOffset: 1, as: UInt8.self)
        return 2
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
