/// Consecutive entries of a log as an archive keeps them: frames, whole and in order, one behind the other.
package struct KeptFrames: Sendable {
    package let first: UInt64
    package let last: UInt64
    package let bytes: [UInt8]

    package init(first: UInt64, last: UInt64, bytes: [UInt8]) {
        self.first = first
        self.last = last
        self.bytes = bytes
    }
}
