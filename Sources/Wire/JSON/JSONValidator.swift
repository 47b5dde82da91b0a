/// Holds bytes to RFC 8259 and drops the white space between tokens, in one pass and in place: nothing is
/// allocated, and what is left can stand inside another document as it is.
///
/// Stricter than the grammar in one point: half a surrogate pair, escaped, is refused, since readers differ on
/// what it means (RFC 8259, 8.2).
package enum JSONValidator {
    package static let usualDepth = 64

    /// - Parameter depth: how deep arrays and objects may be nested; at most 128.
    package static func minify(_ bytes: inout [UInt8], depth: Int = usualDepth) throws(JSONError) {
        let size = try unsafe bytes.withUnsafeMutableBufferPointer { buffer throws(JSONError) in
            var pass = unsafe JSONPass(buffer, depth: min(depth, 128))
            return try pass.run()
        }
        bytes.removeLast(bytes.count - size)
    }
}

/// One pass over one document, from its first byte to its last.
@safe private struct JSONPass {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let count: Int
    private let mostDepth: Int
    private var read = 0
    /// Where the next token goes; never ahead of `read`.
    private var write = 0
    /// One bit for each bracket that is open, the innermost lowest: set for an object.
    private var objects: UInt128 = 0
    private var depth = 0

    init(_ bytes: UnsafeMutableBufferPointer<UInt8>, depth: Int) {
        unsafe self.bytes = bytes
        count = bytes.count
        mostDepth = depth
    }

    /// How long the document is without white space.
    mutating func run() throws(JSONError) -> Int {
        var isComplete = try value()
        while depth > 0 { isComplete = isComplete ? try follow() : try value() }
        skipSpace()
        guard read == count else { throw error(.textBehind) }
        return write
    }

    // MARK: Structure

    /// A value begins here. False when it is a bracket with something in it.
    private mutating func value() throws(JSONError) -> Bool {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"):
            try open(isObject: true)
            if try closes(UInt8(ascii: "}")) { return true }
            try key()
            return false
        case UInt8(ascii: "["):
            try open(isObject: false)
            return try closes(UInt8(ascii: "]"))
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            throw error(.badLiteral)
        default: throw error(.noValue)
        }
        return true
    }

    /// What stands behind a value inside a bracket. True when the bracket closes.
    private mutating func follow() throws(JSONError) -> Bool {
        skipSpace()
        let isObject = objects & 1 == 1
        switch try peek() {
        case UInt8(ascii: ","):
            put(1)
            if isObject { try key() }
            return false
        case isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"):
            close()
            return true
        default: throw error(.noCommaOrEnd)
        }
    }

    private mutating func open(isObject: Bool) throws(JSONError) {
        guard depth < mostDepth else { throw error(.tooDeep(limit: mostDepth)) }
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        put(1)
    }

    private mutating func closes(_ bracket: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard try peek() == bracket else { return false }
        close()
        return true
    }

    private mutating func close() {
        depth -= 1
        objects >>= 1
        put(1)
    }

    private mutating func key() throws(JSONError) {
        skipSpace()
        guard try peek() == UInt8(ascii: "\"") else { throw error(.noKey) }
        try string()
        skipSpace()
        guard try peek() == UInt8(ascii: ":") else { throw error(.noColon) }
        put(1)
    }

    // MARK: Tokens

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        let size = text.utf8CodeUnitCount
        for index in 0..<size {
            guard read + index < count else { throw error(.endsEarly, at: count) }
            // `index` is below the size of the text.
            guard unsafe byte(read + index) == text.utf8Start[index] else { throw error(.badLiteral) }
        }
        put(size)
    }

    private mutating func number() throws(JSONError) {
        var end = read
        if byte(end) == UInt8(ascii: "-") { end += 1 }
        if end < count, byte(end) == UInt8(ascii: "0") { end += 1 } else { end = try digits(from: end) }
        if end < count, byte(end) == UInt8(ascii: ".") { end = try digits(from: end + 1) }
        if end < count, byte(end) | 0x20 == UInt8(ascii: "e") {
            end += 1
            if end < count, byte(end) == UInt8(ascii: "+") || byte(end) == UInt8(ascii: "-") { end += 1 }
            end = try digits(from: end)
        }
        if end < count, isDigit(end) { throw error(.badNumber) }
        put(end - read)
    }

    /// Past one digit or more.
    private func digits(from start: Int) throws(JSONError) -> Int {
        guard start < count else { throw error(.endsEarly, at: count) }
        var end = start
        while end < count, isDigit(end) { end += 1 }
        guard end > start else { throw error(.badNumber) }
        return end
    }

    private mutating func string() throws(JSONError) {
        var end = read + 1
        while true {
            end = skipPlain(from: end)
            guard end < count else { throw error(.endsEarly, at: count) }
            switch byte(end) {
            case UInt8(ascii: "\""): return put(end + 1 - read)
            case UInt8(ascii: "\\"): end = try escape(at: end)
            case 0..<0x20: throw error(.controlCharacter, at: end)
            case 0..<0x80: end += 1
            default: end = try scalar(at: end)
            }
        }
    }

    /// The index of the first byte that is no plain ASCII of a string, or of one of the last seven.
    @inline(__always)
    private func skipPlain(from start: Int) -> Int {
        var position = start
        while position &+ 8 <= count {
            // The eight bytes are within `bytes` by the condition.
            let word = unsafe UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
                .loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let quote = word ^ 0x2222_2222_2222_2222
            let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
            // The high bit of each byte that is below 0x20, a quote or a backslash. A borrow can set it wrongly
            // only above a byte where it is set rightly, and the lowest is what is asked for.
            let low = (word &- 0x2020_2020_2020_2020) & ~word
            let quotes = (quote &- 0x0101_0101_0101_0101) & ~quote
            let backslashes = (backslash &- 0x0101_0101_0101_0101) & ~backslash
            let stop = (word | low | quotes | backslashes) & 0x8080_8080_8080_8080
            if stop != 0 { return position &+ stop.trailingZeroBitCount / 8 }
            position &+= 8
        }
        return position
    }

    /// Past the escape whose backslash is at `start`.
    private func escape(at start: Int) throws(JSONError) -> Int {
        guard start + 1 < count else { throw error(.endsEarly, at: count) }
        switch byte(start + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"): break
        default: throw error(.badEscape, at: start)
        }
        switch try unit(at: start) {
        case 0xDC00...0xDFFF: throw error(.loneSurrogate, at: start)
        case 0xD800...0xDBFF:
            let second = start + 6
            guard second + 1 < count, byte(second) == UInt8(ascii: "\\"),
                byte(second + 1) == UInt8(ascii: "u"),
                case 0xDC00...0xDFFF = try unit(at: second)
            else { throw error(.loneSurrogate, at: start) }
            return second + 6
        default: return start + 6
        }
    }

    /// The four hexadecimal digits of the `\u` at `start`.
    private func unit(at start: Int) throws(JSONError) -> UInt16 {
        guard start + 6 <= count else { throw error(.endsEarly, at: count) }
        var unit: UInt16 = 0
        for index in start + 2..<start + 6 {
            guard let digit = Self.hexadecimal(byte(index)) else { throw error(.badEscape, at: start) }
            unit = unit << 4 | digit
        }
        return unit
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Past the scalar of two bytes or more that begins at `start` (RFC 3629, 4).
    private func scalar(at start: Int) throws(JSONError) -> Int {
        let size: Int
        let second: ClosedRange<UInt8>
        switch byte(start) {
        case 0xC2...0xDF: (size, second) = (2, 0x80...0xBF)
        case 0xE0: (size, second) = (3, 0xA0...0xBF)
        case 0xED: (size, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (size, second) = (3, 0x80...0xBF)
        case 0xF0: (size, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (size, second) = (4, 0x80...0xBF)
        case 0xF4: (size, second) = (4, 0x80...0x8F)
        default: throw error(.badUTF8, at: start)
        }
        guard start + size <= count else { throw error(.badUTF8, at: start) }
        guard second.contains(byte(start + 1)) else { throw error(.badUTF8, at: start) }
        for index in start + 2..<start + size where byte(index) & 0xC0 != 0x80 {
            throw error(.badUTF8, at: start)
        }
        return start + size
    }

    // MARK: Bytes

    /// Every caller has looked that `index` is below `count`.
    @inline(__always)
    private func byte(_ index: Int) -> UInt8 { unsafe bytes[index] }

    @inline(__always)
    private func isDigit(_ index: Int) -> Bool { byte(index) &- UInt8(ascii: "0") < 10 }

    private func peek() throws(JSONError) -> UInt8 {
        guard read < count else { throw error(.endsEarly) }
        return byte(read)
    }

    @inline(__always)
    private mutating func skipSpace() {
        while read < count {
            switch byte(read) {
            case ASCII.space, ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn: read &+= 1
            default: return
            }
        }
    }

    /// Keeps the next `size` bytes.
    @inline(__always)
    private mutating func put(_ size: Int) {
        if write != read {
            // Both ends lie within `bytes`: `write` is below `read`, and `read + size` was looked at.
            let base = unsafe UnsafeMutableRawPointer(bytes.baseAddress.unsafelyUnwrapped)
            unsafe (base + write).copyMemory(from: base + read, byteCount: size)
        }
        write &+= size
        read &+= size
    }

    private func error(_ problem: JSONError.Problem, at offset: Int? = nil) -> JSONError {
        JSONError(problem: problem, offset: offset ?? read)
    }
}
