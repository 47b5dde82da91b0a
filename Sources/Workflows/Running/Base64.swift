/// Base64 (RFC 4648) of bytes that may stand anywhere in what was encoded.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// What of the encoding of a text is the same wherever in it `bytes` begin: one form for each of the three
    /// alignments, in both alphabets.
    static func forms(of bytes: [UInt8]) -> [[UInt8]] {
        (0..<3).flatMap { shift -> [[UInt8]] in
            let form = stable(bytes, behind: shift)
            let safe = form.map { byte in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: byte
                }
            }
            return [form, safe]
        }
    }

    /// The characters that only `bytes` determine when `shift` others stand before them.
    private static func stable(_ bytes: [UInt8], behind shift: Int) -> [UInt8] {
        // Of each character six bits must be known: 8, 16 bits unknown reach into the second, the third.
        let first = shift == 0 ? 0 : shift + 1
        let bits = (shift + bytes.count) * 8
        let padded = [UInt8](repeating: 0, count: shift) + bytes
        return (first..<(bits / 6)).map { index in
            let bit = index * 6
            let high = UInt16(padded[bit / 8]) << 8
            let low = bit / 8 + 1 < padded.count ? UInt16(padded[bit / 8 + 1]) : 0
            return alphabet[Int((high | low) >> UInt16(10 - bit % 8) & 0x3F)]
        }
    }
}
