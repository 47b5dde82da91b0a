extension Settings {
    /// The certificate and its key; without them connections are not encrypted.
    package struct TLS: Sendable, Equatable {
        package var certificate: String?
        package var key: String?

        init(_ section: SettingSection) {
            certificate = section.value(
                "certificate", .optional(.path), default: nil,
                "The certificate chain, a PEM file. The file is read again on SIGHUP."
            ).map { section.atHome($0, "certificate") }
            key = section.value(
                "key", .optional(.path), default: nil,
                "The certificate's private key, a PEM file."
            ).map { section.atHome($0, "key") }
            section.require(
                certificate == nil || key != nil, "certificate", "is of no use without its key: set `tls.key`"
            )
            section.require(
                key == nil || certificate != nil, "key", "is of no use alone: set `tls.certificate`")
        }
    }
}
