import CLinux
import COpenSSL
import Glibc
import Loop
import Synchronization

/// The certificate and key of a server: TLS 1.2 and later, HTTP/1.1 by ALPN.
///
/// `reload` has new connections use what the files hold then; connections that stand keep what they began
/// with, and when the files are no good everything stays as it was.
package final class TLSContext: Sendable {
    private let certificate: String
    private let key: String
    private let current: Mutex<TLSHandle>

    /// - Parameters:
    ///   - certificate: a PEM file, the server's own certificate first and then those that lead to a root.
    ///   - key: a PEM file with the private key of that certificate, without a passphrase.
    package init(certificate: String, key: String) throws(TLSError) {
        self.certificate = certificate
        self.key = key
        current = Mutex(try Self.load(certificate, key))
    }

    package func reload() throws(TLSError) {
        let fresh = try Self.load(certificate, key)
        current.withLock { $0 = fresh }
    }

    func makeServerChannel(on descriptor: borrowing Descriptor) -> TLSChannel {
        let handle = current.withLock { $0 }
        let ssl = unsafe SSL_new(handle.raw)
        if let ssl = unsafe ssl { unsafe SSL_set_accept_state(ssl) }
        return unsafe TLSChannel(ssl, on: descriptor)
    }

    private static func load(_ certificate: String, _ key: String) throws(TLSError) -> TLSHandle {
        let handle = try TLSHandle(isServer: true)
        unsafe hf_tls_speak_http(handle.raw)
        try checkReadable(certificate)
        try checkReadable(key)
        ERR_clear_error()
        guard unsafe SSL_CTX_use_certificate_chain_file(handle.raw, certificate) == 1 else {
            throw TLSError(
                file: certificate, "no certificate in PEM form can be read from it (\(TLSError.noted))")
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(handle.raw, key, SSL_FILETYPE_PEM) == 1 else {
            throw TLSError(file: key, keyFault(certificate))
        }
        guard unsafe SSL_CTX_check_private_key(handle.raw) == 1 else {
            throw TLSError(file: key, keyFault(certificate))
        }
        return handle
    }

    private static func keyFault(_ certificate: String) -> String {
        let code = ERR_peek_error()
        return switch (ERR_GET_LIB(code), ERR_GET_REASON(code)) {
        case (ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH), (ERR_LIB_X509, X509_R_KEY_TYPE_MISMATCH):
            "it is not the key of the certificate in \(certificate)"
        case _ where hf_tls_needs_passphrase(code) == 1:
            "it is locked by a passphrase; store the key without one, readable to the server alone"
        default: "no private key in PEM form can be read from it (\(TLSError.noted))"
        }
    }

    /// Only a regular file is read: a pipe could keep its reader waiting for ever.
    static func checkReadable(_ file: String) throws(TLSError) {
        let raw = unsafe open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard raw >= 0 else { throw TLSError(file: file, SystemError("it cannot be read").description) }
        defer { close(raw) }
        var status = stat()
        guard unsafe fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TLSError(file: file, "it is not a regular file")
        }
    }
}
