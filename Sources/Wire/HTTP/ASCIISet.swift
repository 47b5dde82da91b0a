/// A set of ASCII bytes, asked without a branch table or a lookup in memory.
struct ASCIISet: Sendable {
    let low: UInt64
    let high: UInt64

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let half = byte < 0x40 ? low : byte < 0x80 ? high : 0
        return (half &>> UInt64(byte & 0x3F)) & 1 == 1
    }
}

extension ASCIISet {
    /// RFC 9110 5.6.2: letters, digits and ``!#$%&'*+-.^_`|~``.
    static let token = ASCIISet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)

    /// RFC 3986 2.3: letters, digits and `-._~`.
    static let unreserved = ASCIISet(low: 0x03FF_6000_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)

    /// What browsers send unescaped in a path: all that is visible but ``"#<>\?` ``. `%` is looked at apart.
    static let path = ASCIISet(low: 0x2FFF_FFD2_0000_0000, high: 0x7FFF_FFFE_EFFF_FFFF)

    /// What browsers send unescaped in a query: all that is visible but `"#<>`. `%` is looked at apart.
    static let query = ASCIISet(low: 0xAFFF_FFD2_0000_0000, high: 0x7FFF_FFFF_FFFF_FFFF)

    /// RFC 6265 4.1.1: what a cookie's value may be made of.
    static let cookie = ASCIISet(low: 0xF7FF_EFFA_0000_0000, high: 0x7FFF_FFFF_EFFF_FFFF)
}
