import COpenSSL
import Loop

/// The TLS side of one connection.
package final class TLSChannel {
    var hasBuffered: Bool { false }
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer { .blocked }
    func write(_ bytes: UnsafeRawBufferPointer) -> Transfer { .blocked }
    func finishWriting() {}
}
