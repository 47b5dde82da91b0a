/// One live message about to be written: `{"type":"T","seq":42,"ts":"…","data":…}`, and `"stale"` behind the data
/// where they are old. Its size is known before a
/// byte of it is written, so that it goes straight to where it stays.
@safe struct LogMessage {
    private let type: EntryType
    private let seq: UInt64?
    private let time: TimestampText
    private let data: UnsafeRawBufferPointer
    /// Members behind the data: `,"stale":"…"`, where there is something to say.
    private let remark: [UInt8]
    let size: Int

    /// - Parameter data: JSON, lent until the message is written.
    init(
        _ type: EntryType, seq: UInt64?, time: TimestampText, data: UnsafeRawBufferPointer,
        remark: [UInt8] = []
    ) {
        self.type = type
        self.seq = seq
        self.time = time
        unsafe self.data = data
        self.remark = remark
        size =
            type.opening.count + (seq.map { Self.seqKey.utf8CodeUnitCount + Self.digits(of: $0) } ?? 0)
            + Self.timeKey.utf8CodeUnitCount + TimestampText.size + Self.dataKey.utf8CodeUnitCount
            + data.count + remark.count + 1
    }

    /// Writes `size` bytes.
    func write(to target: UnsafeMutableRawPointer) {
        var place = unsafe target
        // The pieces add up to `size`, for which the caller made room.
        unsafe Self.put(type.opening, at: &place)
        if let seq {
            unsafe Self.put(Self.seqKey, at: &place)
            unsafe Self.put(seq, at: &place)
        }
        unsafe Self.put(Self.timeKey, at: &place)
        unsafe Self.put(time.bytes, at: &place)
        unsafe Self.put(Self.dataKey, at: &place)
        if let source = unsafe data.baseAddress {
            unsafe place.copyMemory(from: source, byteCount: data.count)
        }
        unsafe place += data.count
        if !remark.isEmpty { unsafe Self.put(remark, at: &place) }
        unsafe place.storeBytes(of: UInt8(ascii: "}"), as: UInt8.self)
    }

    private static let seqKey: StaticString = ",\"seq\":"
    private static let timeKey: StaticString = ",\"ts\":\""
    private static let dataKey: StaticString = "\",\"data\":"

    private static func digits(of number: UInt64) -> Int {
        var count = 1
        var bound: UInt64 = 10
        while number >= bound {
            count += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        return count
    }

    private static func put(_ text: StaticString, at place: inout UnsafeMutableRawPointer) {
        unsafe place.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        unsafe place += text.utf8CodeUnitCount
    }

    private static func put(_ bytes: [UInt8], at place: inout UnsafeMutableRawPointer) {
        unsafe bytes.withUnsafeBytes { unsafe place.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        unsafe place += bytes.count
    }

    private static func put(_ number: UInt64, at place: inout UnsafeMutableRawPointer) {
        let count = digits(of: number)
        var rest = number
        for index in (0..<count).reversed() {
            let digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            unsafe place.storeBytes(of: digit, toByteOffset: index, as: UInt8.self)
            rest /= 10
        }
        unsafe place += count
    }
}
