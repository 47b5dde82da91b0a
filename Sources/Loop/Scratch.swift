import Glibc

/// Memory that one loop lends to whoever has its turn: what is read goes into one half, what is about
/// to be written is gathered in the other, so an idle connection owns no buffer. Page-aligned, never grown.
@safe package final class Scratch {
    package static let size = 256 * 1024

    package let incoming: UnsafeMutableRawBufferPointer
    package let outgoing: UnsafeMutableRawBufferPointer

    /// Somebody gathers in `outgoing`; nobody else may until it is written.
    package var isGathering = false

    init() {
        unsafe incoming = .allocate(byteCount: Self.size, alignment: 4096)
        unsafe outgoing = .allocate(byteCount: Self.size, alignment: 4096)
    }

    deinit {
        unsafe incoming.deallocate()
        unsafe outgoing.deallocate()
    }
}
