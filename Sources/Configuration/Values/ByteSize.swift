/// A number of bytes that reads and writes itself as people do: `64KiB`.
package struct ByteSize: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let bytes: Int

    package init(_ bytes: Int) { self.bytes = bytes }

    package static func kibibytes(_ count: Int) -> ByteSize { ByteSize(count << 10) }
    package static func mebibytes(_ count: Int) -> ByteSize { ByteSize(count << 20) }
    package static func gibibytes(_ count: Int) -> ByteSize { ByteSize(count << 30) }

    package static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }

    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000),
        ("kB", 1000), ("B", 1),
    ]

    package init(text: String) throws(Complaint) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count)
        guard let count = Int(digits) else {
            throw Complaint("is not a size: write one such as `64KiB`, `1MiB` or `512B`")
        }
        guard let unit = Self.units.first(where: { $0.name == name }) else {
            throw Complaint(
                name.isEmpty
                    ? "has no unit: add `B`, `KiB`, `MiB` or `GiB`"
                    : "is not a size: use `B`, `KiB`, `MiB` or `GiB`")
        }
        let product = count.multipliedReportingOverflow(by: unit.bytes)
        if product.overflow { throw Complaint("is too large a size") }
        bytes = product.partialValue
    }

    /// In the largest binary unit that divides it.
    package var description: String {
        let unit = Self.units.first { $0.name.hasSuffix("iB") && bytes >= $0.bytes && bytes % $0.bytes == 0 }
        return unit.map { "\(bytes / $0.bytes)\($0.name)" } ?? "\(bytes)B"
    }
}

extension ValueKind where Value == Int {
    /// A size, kept as its number of bytes.
    package static func size(_ range: ClosedRange<ByteSize>) -> ValueKind {
        let (low, high) = (range.lowerBound, range.upperBound)
        return ValueKind(
            "size", "a size from \(low) to \(high)", sample: low.bytes,
            parse: { text throws(Complaint) in
                let size = try ByteSize(text: text)
                guard range.contains(size) else { throw Complaint("is out of range: from \(low) to \(high)") }
                return size.bytes
            },
            print: { ByteSize($0).description })
    }
}
