/// How large a message may be before it is refused. Everything is in bytes but `headerCount`.
package struct HTTPLimits: Hashable, Sendable {
    /// The request line (or status line), without its CRLF.
    package var requestLine = 8 * 1024

    /// Fields in a head, and apart from it in a trailer section.
    package var headerCount = 100

    /// All field lines of a head together with the empty one, CRLFs counted; a trailer section has the same
    /// room.
    package var headerBytes = 32 * 1024

    package var body: UInt64 = 8 * 1024 * 1024

    /// All chunk extensions of one body together: nobody needs them, and they are read for nothing.
    package var chunkExtensions = 1024

    package init() {}
}
