import CBytes

/// Says of bytes that arrive in pieces whether they can still become valid UTF-8, at the first byte that
/// rules it out (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). Two bytes of state.
package struct UTF8Validator: Equatable {
    /// Continuation bytes that the scalar begun still needs.
    private var missing: UInt8 = 0
    /// Which bytes may come next, where the lead byte narrows it; an index into nothing, just four cases.
    private var next = Range.any

    private enum Range: UInt8 { case any, fromA0, to9F, from90, to8F }

    package init() {}

    /// Whether the bytes so far end at the end of a scalar.
    package var isComplete: Bool { missing == 0 }

    /// Takes the next piece. False from the first byte on that no valid text can contain here.
    package mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        let count = bytes.count
        while position < count {
            if missing == 0 {
                position = unsafe Self.skipASCII(bytes, from: position)
                position = unsafe Self.skipBlocks(bytes, from: position)
                if position == count { return true }
            }
            // `position < count` was checked above.
            let byte = unsafe bytes.load(fromByteOffset: position, as: UInt8.self)
            position &+= 1
            guard missing == 0 ? begin(byte) : go(on: byte) else { return false }
        }
        return true
    }

    /// Whether all of `bytes`, alone, is valid.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var validator = UTF8Validator()
        return unsafe validator.accept(bytes) && validator.isComplete
    }

    @inline(__always)
    private mutating func begin(_ lead: UInt8) -> Bool {
        switch lead {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: (missing, next) = (1, .any)
        case 0xE0: (missing, next) = (2, .fromA0)
        case 0xED: (missing, next) = (2, .to9F)
        case 0xE1...0xEF: (missing, next) = (2, .any)
        case 0xF0: (missing, next) = (3, .from90)
        case 0xF1...0xF3: (missing, next) = (3, .any)
        case 0xF4: (missing, next) = (3, .to8F)
        default: return false
        }
        return true
    }

    @inline(__always)
    private mutating func go(on byte: UInt8) -> Bool {
        let fits =
            switch next {
            case .any: byte & 0xC0 == 0x80
            case .fromA0: byte & 0xE0 == 0xA0
            case .to9F: byte & 0xE0 == 0x80
            case .from90: byte >= 0x90 && byte <= 0xBF
            case .to8F: byte & 0xF0 == 0x80
            }
        missing &-= 1
        next = .any
        return fits
    }

    /// The index of the first byte from `start` on that is not ASCII, eight at a time.
    @inline(__always)
    private static func skipASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        // Both loads stay below `bytes.count` by their conditions.
        while position &+ 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let high = word & 0x8080_8080_8080_8080
            if high != 0 { return position &+ high.trailingZeroBitCount / 8 }
            position &+= 8
        }
        while position < bytes.count, unsafe bytes.load(fromByteOffset: position, as: UInt8.self) < 0x80 {
            position &+= 1
        }
        return position
    }

    /// The index up to which blocks of sixteen from `start` on, where a scalar begins, hold whole valid scalars.
    @inline(__always)
    private static func skipBlocks(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard start &+ 16 <= bytes.count, let base = bytes.baseAddress else { return start }
        // It reads the `count - start` bytes there are.
        return unsafe start &+ hf_utf8_prefix(base + start, bytes.count &- start)
    }
}
