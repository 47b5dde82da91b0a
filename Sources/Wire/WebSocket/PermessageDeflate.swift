/// What both ends agreed on for compressed messages (RFC 7692): how each compresses what it sends.
package struct PermessageDeflate: Equatable, Sendable {
    /// How one end compresses.
    package struct Side: Equatable, Sendable {
        /// Whether a message may refer to the ones before it, which costs both ends a window per connection.
        package var keepsContext: Bool
        /// The window is two to the power of this: 8 to 15.
        package var windowBits: Int

        package init(keepsContext: Bool = true, windowBits: Int = 15) {
            precondition((8...15).contains(windowBits), "A window has 8 to 15 bits")
            self.keepsContext = keepsContext
            self.windowBits = windowBits
        }
    }

    package var server: Side
    package var client: Side

    package init(server: Side = Side(), client: Side = Side()) {
        self.server = server
        self.client = client
    }
}
