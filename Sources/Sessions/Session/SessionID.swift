/// Names one session, on whichever loop it lives: 41 bits of milliseconds since 2026, 10 bits for the loop
/// it was opened on, 13 bits of sequence. Printed as 13 characters of Crockford's base 32.
///
/// In order of time, because lists then sort by age, and because the id says when the session was opened
/// and where it lives, which a session then need not store. It is no secret: it grants nothing.
package struct SessionID: Hashable, Sendable, Comparable {
    package let bits: UInt64

    static let sequenceBits = 13
    static let originBits = 10
    static let mostOrigins = 1 << originBits

    /// 2026-01-01T00:00:00Z, in milliseconds since 1970.
    static let epoch: Int64 = 1_767_225_600_000

    init(milliseconds: Int64, origin: Int, sequence: UInt64) {
        let time = UInt64(bitPattern: milliseconds - Self.epoch)
        bits =
            time << (Self.originBits + Self.sequenceBits)
            | UInt64(origin) << Self.sequenceBits | sequence
    }

    /// When the session was opened, in milliseconds since 1970.
    package var milliseconds: Int64 {
        Int64(bits >> (Self.originBits + Self.sequenceBits)) + Self.epoch
    }

    /// Which registry the session was opened in.
    var origin: Int { Int(bits >> Self.sequenceBits) & (Self.mostOrigins - 1) }

    package static func < (left: SessionID, right: SessionID) -> Bool { left.bits < right.bits }
}

extension SessionID: LosslessStringConvertible {
    private static let length = 13
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    package var description: String {
        let letters = (1...Self.length).map { Self.digits[Int(bits >> UInt64(5 * (Self.length - $0)) & 31)] }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Reads capitals too, and what people mistake for the digits: `O` for 0, `I` and `L` for 1.
    package init?(_ text: String) {
        guard text.utf8.count == Self.length else { return nil }
        var bits: UInt64 = 0
        for byte in text.utf8 {
            guard let value = Self.value(of: byte | 0x20), bits >> 59 == 0 else { return nil }
            bits = bits << 5 | value
        }
        self.bits = bits
    }

    private static func value(of letter: UInt8) -> UInt64? {
        switch letter {
        case UInt8(ascii: "o"): 0
        case UInt8(ascii: "i"), UInt8(ascii: "l"): 1
        default: digits.firstIndex(of: letter).map(UInt64.init)
        }
    }
}
