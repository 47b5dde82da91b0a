/// What nobody shall read of what a phase says: the secrets of the configuration, and those that the phase itself names
/// while it runs. All who read for that phase share it. Belongs to one loop.
package final class SecretMask {
    private(set) var patterns: SecretPatterns

    init(_ patterns: SecretPatterns) { self.patterns = patterns }

    package convenience init(_ secrets: some Sequence<String> = []) { self.init(SecretPatterns(secrets)) }

    var count: Int { patterns.count }
    /// How long the longest of them is.
    var longest: Int { patterns.longest }

    /// From now on `secret` is not shown. False when there are too many already.
    @discardableResult
    package func add(_ secret: String) -> Bool { patterns.add(secret) }

    func occurs(in bytes: UnsafeRawBufferPointer) -> Bool { unsafe patterns.occurs(in: bytes) }

    /// Where secrets stand, in order; those that overlap are one.
    func ranges(in bytes: UnsafeRawBufferPointer) -> [Range<Int>] { unsafe patterns.ranges(in: bytes) }

    /// `text` as it may be shown.
    package func masked(_ text: String) -> String { patterns.masked(text) }

    /// A JSON document, minified, as it may be shown.
    package func masked(json: [UInt8]) -> [UInt8] { patterns.masked(json: json) }
}
