import Sessions
import Wire

/// Entries of a task under construction: live messages as WebSocket frames, one behind the other in one block of
/// memory that is used again and again. Building an entry allocates nothing.
@safe struct FrameBlock: ~Copyable {
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    /// The header of a frame of 126 to 65,535 bytes, which most are: the payload is written behind room for it.
    private static let usualHeader = 4
    /// More than everything in a message that is not given as bytes: keys, number, header.
    private static let most = 128

    init() {
        capacity = 4096
        unsafe memory = .allocate(byteCount: 4096, alignment: 16)
    }

    deinit { unsafe memory.deallocate() }

    /// A line of output: `{"type":"event","seq":N,"ts":"…","data":{"stream":…,"level":…,"phase":…,"text":"…"}}`,
    /// with `"cut":true` at the end of the data where more of the line follows.
    mutating func addEvent(
        _ seq: UInt64, at time: borrowing TimestampText, _ voice: EventVoice, _ text: UnsafeRawBufferPointer,
        isCut: Bool
    ) {
        let start = unsafe makeRoom(
            for: voice.opening.count + time.bytes.count + text.count * JSONText.longestEscape)
        var place = unsafe start
        // There is room for all that follows, as the text is escaped to at most six times its size.
        unsafe Self.put("{\"type\":\"event\",\"seq\":", &place)
        unsafe Self.put(seq, &place)
        unsafe Self.put(",\"ts\":\"", &place)
        unsafe Self.put(time.bytes, &place)
        unsafe Self.put(voice.opening, &place)
        unsafe place += JSONText.escape(text, to: place)
        unsafe Self.put(isCut ? "\",\"cut\":true}}" : "\"}}", &place)
        unsafe finish(start, size: place - start)
    }

    /// `{"type":"state","seq":N,"ts":"…","data":…}`.
    mutating func addState(_ seq: UInt64, at time: borrowing TimestampText, _ json: [UInt8]) {
        let start = unsafe makeRoom(for: time.bytes.count + json.count)
        var place = unsafe start
        // There is room for all that follows.
        unsafe Self.put("{\"type\":\"state\",\"seq\":", &place)
        unsafe Self.put(seq, &place)
        unsafe Self.put(",\"ts\":\"", &place)
        unsafe Self.put(time.bytes, &place)
        unsafe Self.put("\",\"data\":", &place)
        unsafe Self.put(json, &place)
        unsafe Self.put("}", &place)
        unsafe finish(start, size: place - start)
    }

    /// All frames; the block is empty afterwards.
    mutating func take() -> [UInt8] {
        defer { count = 0 }
        // `count` bytes were written.
        return unsafe [UInt8](UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// Where a payload of up to `size` bytes, and what stands around them, is to be written.
    private mutating func makeRoom(for size: Int) -> UnsafeMutableRawPointer {
        let needed = count + size + Self.most
        if needed > capacity {
            capacity = max(capacity * 2, needed)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            // `count` bytes were written, and the larger block has room for them.
            unsafe larger.copyMemory(from: memory, byteCount: count)
            unsafe memory.deallocate()
            unsafe memory = larger
        }
        return unsafe memory + count + Self.usualHeader
    }

    /// Puts the header before a payload, which moves where the header is not as long as most are (RFC 6455, 5.2:
    /// the shortest form).
    private mutating func finish(_ payload: UnsafeMutableRawPointer, size: Int) {
        let header = WebSocketEncoder.headerSize(payload: size)
        let frame = unsafe payload - Self.usualHeader
        // `makeRoom` left room for the longest header.
        if header != Self.usualHeader {
            unsafe (frame + header).copyMemory(from: payload, byteCount: size)
        }
        unsafe WebSocketEncoder.writeHeader(.text, payload: size, to: frame)
        count += header + size
    }

    @inline(__always)
    private static func put(_ text: StaticString, _ place: inout UnsafeMutableRawPointer) {
        unsafe place.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        unsafe place += text.utf8CodeUnitCount
    }

    @inline(__always)
    private static func put(_ bytes: [UInt8], _ place: inout UnsafeMutableRawPointer) {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let source = bytes.baseAddress else { return }
            unsafe place.copyMemory(from: source, byteCount: bytes.count)
        }
        unsafe place += bytes.count
    }

    @inline(__always)
    private static func put(_ number: UInt64, _ place: inout UnsafeMutableRawPointer) {
        var digits = 1
        var bound: UInt64 = 10
        // Numbers of entries stay far below the largest, so the bound does not overflow.
        while number >= bound {
            digits += 1
            bound &*= 10
        }
        var rest = number
        for index in (0..<digits).reversed() {
            unsafe place.storeBytes(
                of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), toByteOffset: index,
                as: UInt8.self)
            rest /= 10
        }
        unsafe place += digits
    }
}
