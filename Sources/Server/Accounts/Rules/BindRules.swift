package import Configuration

/// What a server must have before other machines may reach it.
package enum BindRules {
    /// Why the server must not start, in a sentence that says what to do; nil when it may.
    /// - Parameter accountsExist: whether anybody could sign in, by an account or a token.
    package static func check(_ settings: Settings, accountsExist: Bool) -> String? {
        guard let exposed = settings.listen.first(where: { !$0.isLocal }) else { return nil }
        if settings.tls.certificate == nil, !settings.insecure.allowRemoteWithoutTLS {
            return "Other machines could reach \(exposed) without TLS. Set tls.certificate and tls.key, or "
                + "insecure.allow_remote_without_tls if something in front of the server does TLS, "
                + "or listen on 127.0.0.1."
        }
        if !accountsExist, !settings.insecure.allowRemoteWithoutAccounts {
            return
                "Other machines could reach \(exposed), and there is no account yet. Make one with "
                + "`holdfast user add NAME --role admin` or `holdfast token create NAME --role admin`, or set "
                + "insecure.allow_remote_without_accounts, or listen on 127.0.0.1."
        }
        return nil
    }
}
