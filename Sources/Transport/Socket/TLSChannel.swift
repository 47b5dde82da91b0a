import CLinux
import COpenSSL
import Glibc
import Loop

/// The TLS side of one connection. The handshake happens inside the first reads and writes.
///
/// Never blocks: `readNeeds` and `writeNeeds` say what a blocked read or write waits for, which in a handshake
/// may be the opposite of what it was.
@safe package final class TLSChannel {
    /// What goes into one record, so that it is known how much OpenSSL holds when it cannot write one.
    private static let recordBytes = 16 << 10

    /// What a blocked read and a blocked write wait for.
    private(set) var readNeeds = Readiness.readable
    private(set) var writeNeeds = Readiness.writable
    /// Bytes of the last write that OpenSSL has made a record of but could not write; they count as not
    /// written, yet the next write must begin with them.
    private(set) var committed = 0

    private let ssl: OpaquePointer?
    private var isBroken = false
    private var hasFinished = false

    /// Takes over `ssl`; nil where there was no memory for one, and then everything fails.
    init(_ ssl: OpaquePointer?, on descriptor: borrowing Descriptor) {
        unsafe self.ssl = ssl
        if let ssl = unsafe ssl { unsafe SSL_set_fd(ssl, descriptor.raw) }
    }

    deinit { unsafe SSL_free(ssl) }

    /// Whether something waits in here, where no readiness of the socket tells of it: bytes that the last read
    /// had no room for, or the end behind those it took.
    private(set) var hasBuffered = false

    /// Goes on with the handshake; `.moved` says that it is done.
    func handshake() -> Transfer {
        guard let ssl = unsafe ready() else { return unusable }
        let result = unsafe SSL_do_handshake(ssl)
        return result == 1 ? .moved(0) : unsafe trouble(ssl, result, &readNeeds, "handshake")
    }

    /// Why the server's certificate was not believed; nil when it was, or when there is none yet.
    var distrust: String? {
        guard let ssl = unsafe ssl else { return nil }
        let code = unsafe SSL_get_verify_result(ssl)
        return code == X509_V_OK ? nil : unsafe String(cString: X509_verify_cert_error_string(code))
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        guard let ssl = unsafe ready() else { return unusable }
        hasBuffered = false
        var total = 0
        while total < buffer.count {
            let room = CInt(clamping: buffer.count - total)
            let count = unsafe SSL_read(ssl, buffer.baseAddress! + total, room)
            guard count > 0 else {
                guard total > 0 else { return unsafe trouble(ssl, count, &readNeeds, "read") }
                // What was read before counts first; what is more than a pause is met again by the next read.
                switch unsafe SSL_get_error(ssl, count) {
                case SSL_ERROR_WANT_READ: readNeeds = .readable
                case SSL_ERROR_WANT_WRITE: readNeeds = .writable
                default: hasBuffered = true
                }
                return .moved(total)
            }
            total += Int(count)
        }
        hasBuffered = true
        return .moved(total)
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        guard let ssl = unsafe ready() else { return unusable }
        var total = 0
        while total < bytes.count {
            let size = min(bytes.count - total, Self.recordBytes)
            let count = unsafe SSL_write(ssl, bytes.baseAddress! + total, CInt(size))
            guard count > 0 else {
                let transfer = unsafe trouble(ssl, count, &writeNeeds, "write")
                committed = transfer == .blocked ? size : 0
                return transfer == .blocked && total > 0 ? .moved(total) : transfer
            }
            total += Int(count)
            committed = 0
        }
        return .moved(total)
    }

    /// Says that nothing more will come, as far as the socket takes it. Once.
    func finishWriting() {
        guard !hasFinished, let ssl = unsafe ready(), unsafe SSL_is_init_finished(ssl) == 1 else { return }
        hasFinished = true
        unsafe SSL_shutdown(ssl)
    }

    // MARK: What OpenSSL says

    /// The connection, with the thread's error queue empty, as `SSL_get_error` needs it.
    private func ready() -> OpaquePointer? {
        ERR_clear_error()
        errno = 0
        return isBroken ? nil : unsafe ssl
    }

    private func trouble(
        _ ssl: OpaquePointer, _ result: CInt, _ needs: inout Readiness, _ call: String
    ) -> Transfer {
        let code = errno
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ:
            needs = .readable
            return .blocked
        case SSL_ERROR_WANT_WRITE:
            needs = .writable
            return .blocked
        case SSL_ERROR_ZERO_RETURN: return .ended
        case SSL_ERROR_SYSCALL:
            isBroken = true
            return code == 0 ? .ended : .failed(SystemError("TLS \(call)", code: code))
        default:
            isBroken = true
            if ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST { unsafe answerPlainly(ssl) }
            return .failed(SystemError("TLS \(call) (\(TLSError.noted))", code: EPROTO))
        }
    }

    /// Somebody speaks plain HTTP here, and understands no alert.
    private func answerPlainly(_ ssl: OpaquePointer) {
        let sentence = "This port speaks HTTPS; write https:// before the address.\n"
        let answer =
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n"
            + "Content-Length: \(sentence.utf8.count)\r\n\r\n\(sentence)"
        _ = unsafe send(SSL_get_fd(ssl), answer, answer.utf8.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    }

    private var unusable: Transfer { .failed(SystemError("TLS", code: isBroken ? ECONNABORTED : ENOMEM)) }
}
