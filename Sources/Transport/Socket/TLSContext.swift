import Loop

/// The certificate and key of a server.
package final class TLSContext: Sendable {
    package init() {}
    func makeServerChannel(on descriptor: borrowing Descriptor) -> TLSChannel { TLSChannel() }
}
