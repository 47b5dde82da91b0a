import CLinux
import COpenSSL
import Glibc
import Loop

/// Whom a client trusts: the system's authorities, or those of a file. Reading them takes a while, so one is
/// made once and kept.
package final class TLSClientContext: Sendable {
    private let handle: TLSHandle
    private let isInsecure: Bool

    /// - Parameters:
    ///   - authorities: a PEM file of the only certificates to trust; nil for the system's.
    ///   - insecure: believes every server; for trying things out, never for what matters.
    package init(authorities: String? = nil, insecure: Bool = false) throws(TLSError) {
        handle = try TLSHandle(isServer: false)
        isInsecure = insecure
        guard !insecure else { return }
        unsafe SSL_CTX_set_verify(handle.raw, SSL_VERIFY_PEER, nil)
        guard let authorities else {
            guard unsafe SSL_CTX_set_default_verify_paths(handle.raw) == 1 else {
                throw TLSError("The system's authorities cannot be read: \(TLSError.noted)")
            }
            return
        }
        try TLSContext.checkReadable(authorities)
        ERR_clear_error()
        guard unsafe SSL_CTX_load_verify_file(handle.raw, authorities) == 1 else {
            throw TLSError(
                file: authorities, "no certificate in PEM form can be read from it (\(TLSError.noted))")
        }
    }

    /// The client's side of a connection to `host`, which the server's certificate must be for.
    func makeChannel(on descriptor: borrowing Descriptor, to host: String) -> TLSChannel {
        let ssl = unsafe SSL_new(handle.raw)
        if let ssl = unsafe ssl {
            unsafe SSL_set_connect_state(ssl)
            unsafe SSL_set_alpn_protos(ssl, hf_tls_protocols(), UInt32(hf_tls_protocols_length))
            if SocketAddress(host: host.contains(":") ? "[\(host)]" : host, port: 0) != nil {
                // A number is no name: it is not said beforehand, and it is checked against the numbers.
                unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host)
            } else {
                unsafe hf_tls_name_host(ssl, host)
                unsafe SSL_set1_host(ssl, host)
            }
        }
        return unsafe TLSChannel(ssl, on: descriptor)
    }
}
