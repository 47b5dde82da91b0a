import COpenSSL
import CLinux
import Glibc

/// An OpenSSL context, freed when the last connection and the last owner have let go of it.
@safe final class TLSHandle: @unchecked Sendable {
    // @unchecked: a context that is no longer changed may be used by many threads, and OpenSSL counts its users.
    let raw: OpaquePointer

    /// A context with the rules that hold for both ends.
    init(isServer: Bool) throws(TLSError) {
        // OpenSSL writes without MSG_NOSIGNAL, and a peer that went away must not end the program.
        signal(SIGPIPE, SIG_IGN)
        ERR_clear_error()
        guard let raw = unsafe SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
            throw TLSError("TLS cannot be set up: \(TLSError.noted)")
        }
        unsafe self.raw = raw
        guard unsafe hf_tls_harden(raw) == 1 else {
            throw TLSError("TLS 1.2 is not to be had: \(TLSError.noted)")
        }
    }

    deinit { unsafe SSL_CTX_free(raw) }
}
