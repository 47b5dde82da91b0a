import COpenSSL
import Glibc

/// A certificate with its key, made on the spot: an authority of its own, or issued by one.
@safe package final class TestCertificate {
    private static let lifetime = 3600

    private let certificate: OpaquePointer
    private let key: OpaquePointer

    /// - Parameters:
    ///   - names: what it is good for, as `DNS:localhost` or `IP:127.0.0.1`; none for an authority.
    ///   - issuer: who signs it; itself for nil.
    ///   - expired: whether its time is over already.
    package init(
        names: [String] = [], issuer: TestCertificate? = nil, expired: Bool = false
    ) throws {
        guard let key = unsafe hf_make_key(), let certificate = unsafe X509_new() else {
            throw TestFailure("OpenSSL makes no key")
        }
        unsafe self.key = key
        unsafe self.certificate = certificate
        unsafe X509_set_version(certificate, 2)
        unsafe ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1..<1 << 40))
        let start = expired ? -2 * Self.lifetime : -60
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), start)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), start + Self.lifetime)
        unsafe X509_set_pubkey(certificate, key)
        let subject = names.isEmpty ? "Test authority \(UInt32.random(in: 0 ... .max))" : "Test server"
        unsafe X509_NAME_add_entry_by_txt(
            X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, Array(subject.utf8),
            CInt(subject.utf8.count), -1, 0)
        unsafe X509_set_issuer_name(
            certificate, X509_get_subject_name(issuer?.certificate ?? certificate))
        if names.isEmpty {
            add(NID_basic_constraints, "critical,CA:TRUE")
        } else {
            add(NID_subject_alt_name, names.joined(separator: ","))
        }
        guard unsafe X509_sign(certificate, issuer?.key ?? key, EVP_sha256()) > 0 else {
            throw TestFailure("OpenSSL does not sign")
        }
    }

    deinit {
        unsafe X509_free(certificate)
        unsafe EVP_PKEY_free(key)
    }

    /// In PEM form.
    package func writeCertificate(to path: String) throws {
        try unsafe Self.write(path) { file in unsafe PEM_write_X509(file, certificate) == 1 }
    }

    /// - Parameter passphrase: locks the key; nil for a key as a server needs it.
    package func writeKey(to path: String, passphrase: String? = nil) throws {
        let bytes = Array((passphrase ?? "").utf8)
        try unsafe Self.write(path) { file in
            unsafe PEM_write_PrivateKey(
                file, key, passphrase == nil ? nil : EVP_aes_256_cbc(), bytes, CInt(bytes.count), nil, nil)
                == 1
        }
    }

    private func add(_ nid: CInt, _ value: String) {
        guard let field = unsafe X509V3_EXT_conf_nid(nil, nil, nid, value) else { return }
        unsafe X509_add_ext(certificate, field, -1)
        unsafe X509_EXTENSION_free(field)
    }

    private static func write(_ path: String, _ body: (UnsafeMutablePointer<FILE>) -> Bool) throws {
        guard let file = unsafe fopen(path, "we") else { throw TestFailure("\(path) cannot be written") }
        defer { unsafe fclose(file) }
        guard unsafe body(file) else { throw TestFailure("OpenSSL does not write \(path)") }
    }
}
