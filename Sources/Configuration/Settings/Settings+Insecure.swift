extension Settings {
    /// What a careful person would not do, and another must say in so many words.
    package struct Insecure: Sendable, Equatable {
        package var allowRemoteWithoutTLS: Bool
        package var allowRemoteWithoutAccounts: Bool

        init(_ section: SettingSection) {
            allowRemoteWithoutTLS = section.value(
                "allow_remote_without_tls", .boolean, default: false,
                "Listen for other machines without TLS: for a server behind a proxy that does TLS.")
            allowRemoteWithoutAccounts = section.value(
                "allow_remote_without_accounts", .boolean, default: false,
                "Listen for other machines before anybody could sign in.")
        }
    }
}
