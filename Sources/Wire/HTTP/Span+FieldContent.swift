extension Span<UInt8> {
    /// Where the field content that begins at `start` ends: at the first control character but tab, or at the
    /// end. Looks at eight bytes at a time, as most of a head is this.
    @inline(__always)
    func endOfFieldContent(from start: Int) -> Int {
        var index = start
        while index + 8 <= count {
            // Inside the span by the condition above.
            let eight = unsafe withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            }
            if eight.hasControlByte { break }
            index += 8
        }
        while index < count, self[index].isFieldContent { index += 1 }
        return index
    }
}

extension UInt64 {
    private static let everyByte: UInt64 = 0x0101_0101_0101_0101

    /// Whether any of its eight bytes is below 0x20 or is 0x7F. The highest bit of each byte tells: taking
    /// away borrows into it where the byte was smaller, and bytes from 0x80 up are masked out. A borrow can
    /// spread to the byte above, but only from one that is to be found.
    @inline(__always)
    fileprivate var hasControlByte: Bool {
        let high = Self.everyByte &* 0x80
        let isBelowSpace = (self &- Self.everyByte &* 0x20) & ~self
        let delete = self ^ (Self.everyByte &* 0x7F)
        let isDelete = (delete &- Self.everyByte) & ~delete
        return (isBelowSpace | isDelete) & high != 0
    }
}
