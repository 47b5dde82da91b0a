#ifndef COPENSSL_H
#define COPENSSL_H

#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

// What OpenSSL spells as macros, which Swift cannot see.

/// Nobody is there to type a passphrase, and nothing may wait for one.
static inline int hf_tls_no_passphrase(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

/// TLS 1.2 or later, without what only ever served attackers. A missing close_notify is an end like any other:
/// HTTP and WebSocket both know by themselves whether a message is whole.
static inline int hf_tls_harden(SSL_CTX *_Nonnull context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_passwd_cb(context, hf_tls_no_passphrase);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

static inline const unsigned char *_Nonnull hf_tls_protocols(void) {
    return (const unsigned char *)"\x08http/1.1";
}

enum { hf_tls_protocols_length = 9 };

static inline int hf_tls_select_protocol(
    SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offered, unsigned int count,
    void *context) {
    (void)ssl, (void)context;
    // Without a protocol in common the handshake ends in an alert that says so (RFC 7301, 3.2).
    int result = SSL_select_next_proto(
        (unsigned char **)out, length, hf_tls_protocols(), hf_tls_protocols_length, offered, count);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static inline void hf_tls_speak_http(SSL_CTX *_Nonnull context) {
    SSL_CTX_set_alpn_select_cb(context, hf_tls_select_protocol, NULL);
}

/// Names the machine that is wanted (SNI).
static inline long hf_tls_name_host(SSL *_Nonnull ssl, const char *_Nonnull host) {
    return SSL_set_tlsext_host_name(ssl, host);
}

/// Whether a key could not be read because nobody typed its passphrase.
static inline int hf_tls_needs_passphrase(unsigned long code) {
    return ERR_GET_REASON(code) == ERR_R_INTERRUPTED_OR_CANCELLED ||
        (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_BAD_PASSWORD_READ);
}

/// A new key on the curve P-256.
static inline EVP_PKEY *_Nullable hf_make_key(void) { return EVP_EC_gen("P-256"); }

#endif
